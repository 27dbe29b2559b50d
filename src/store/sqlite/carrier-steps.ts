/** What carriers need beside modems: references that are text, and messages in forms of their own. */
export const carrierSteps: readonly string[] = [
  `
  -- A reference is TP-MR in decimal digits or the id that a carrier gave the message: text, as some are beyond any number.
  -- A report that waits names it in a column of its own. Both are found whatever their spelling (outbox/message-ids.ts).
  DROP INDEX segment_reference;
  DROP INDEX segment_unnamed;
  ALTER TABLE segment ADD COLUMN reference_text TEXT;
  UPDATE segment SET reference_text = CAST(reference AS TEXT) WHERE reference IS NOT NULL;
  ALTER TABLE segment DROP COLUMN reference;
  ALTER TABLE segment RENAME COLUMN reference_text TO reference;
  CREATE INDEX segment_reference ON segment (sim, ltrim(lower(trim(reference)), '0'), written_at) WHERE reference IS NOT NULL;
  CREATE INDEX segment_unnamed ON segment (sim, written_at) WHERE reference IS NULL AND written_at IS NOT NULL;
  DROP INDEX raw_report_reference;
  ALTER TABLE raw ADD COLUMN reference TEXT;
  UPDATE raw SET reference = json_extract(document, '$.reference') WHERE state = 'report';
  CREATE INDEX raw_report_reference ON raw (sim, ltrim(lower(trim(reference)), '0')) WHERE state = 'report';
  `,
  `
  -- Who reads the body of a message (in pdu): what modems bring is a TPDU, other kinds of gateways have forms of their own.
  ALTER TABLE raw ADD COLUMN form TEXT NOT NULL DEFAULT 'tpdu';
  `,
]
