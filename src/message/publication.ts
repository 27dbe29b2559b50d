/** A message for the broker, committed together with the change that caused it and deleted on its PUBACK. */
export interface Publication {
  /** Behind the base topic, or a whole topic where `absolute` is set (an MQTT 5 response topic). */
  readonly topic: string
  readonly payload: string
  readonly retain: boolean
  readonly absolute?: boolean
  /** MQTT 5 correlation data, base64. */
  readonly correlation?: string | null
}
