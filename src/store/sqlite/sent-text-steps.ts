/** What is shown of texts that were sent. */
export const sentTextSteps: readonly string[] = [
  `
  -- Texts of one request are listed by its name. The alphabet of a text, as a private one is shown to nobody.
  ALTER TABLE submission ADD COLUMN batch TEXT;
  ALTER TABLE submission ADD COLUMN alphabet TEXT;        -- gsm7, ucs2
  ALTER TABLE submission ADD COLUMN returns TEXT;         -- the attempts before the present one
  CREATE INDEX submission_batch ON submission (batch, seq) WHERE batch IS NOT NULL;
  `,
]
