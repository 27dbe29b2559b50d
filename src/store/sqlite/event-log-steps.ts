/** The log of events that programs read. */
export const eventLogSteps: readonly string[] = [
  `
  -- When it was recorded, ms since 1970. Events that programs see stay for a while after the outlets have passed them on.
  ALTER TABLE event ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
  `,
]

/** The events of a device, the newest first. */
export const eventDeviceSteps: readonly string[] = [
  `
  ALTER TABLE event ADD COLUMN device TEXT;              -- that it concerns; NULL for none
  UPDATE event SET device = NULLIF(subject, '')
    WHERE kind IN ('result', 'repeated_result', 'device_event', 'state', 'availability', 'location');
  UPDATE event SET device = data ->> 'device'
    WHERE kind IN ('received', 'sms_status', 'repeated_sms_status', 'gateway_event') AND json_valid(data);
  UPDATE event SET device = data -> 'data' ->> 'device' WHERE kind = 'hub_event' AND json_valid(data);
  CREATE INDEX event_device ON event (device, seq) WHERE device IS NOT NULL;
  `,
]
