import { matchTopic } from '../message/topics.ts'

/** Keys of the configuration with topics. */
interface Topics {
  readonly mqtt: { readonly base_topic: string }
  readonly compat: { readonly sms2mqtt?: { readonly prefix: string } | undefined }
  readonly homeassistant: {
    readonly discovery: string
    readonly prefix: string
    readonly status_topic?: string | undefined
  }
}

/** A topic of another program, and the key that configures it. */
interface ForeignTopic {
  readonly topic: string
  readonly key: string
}

/** Every topic of sms2mqtt, in both directions. */
const dialect = ['send', 'sent', 'received', 'connected', 'signal']

/**
 * A configured topic of another program that collides with one of the hub: each would read the other's messages. Checks
 * the topics of a device, or without one, all others of the hub.
 */
export function clash(config: Topics, device: string | null): ForeignTopic | null {
  const base = `${config.mqtt.base_topic}/`
  return (
    foreignTopics(config).find(({ topic }) => {
      const match = topic.startsWith(base) ? matchTopic(topic.slice(base.length)) : null
      return match !== null && (match.levels.device ?? null) === device
    }) ?? null
  )
}

function foreignTopics({ compat, homeassistant }: Topics): ForeignTopic[] {
  const { discovery, prefix, status_topic: status = `${prefix}/status` } = homeassistant
  const { sms2mqtt } = compat
  return [
    ...(sms2mqtt === undefined ? [] : dialect).map((name) => ({
      topic: `${sms2mqtt?.prefix}/${name}`,
      key: 'compat.sms2mqtt.prefix',
    })),
    ...(discovery === 'none' ? [] : [{ topic: status, key: 'homeassistant.status_topic' }]),
  ]
}
