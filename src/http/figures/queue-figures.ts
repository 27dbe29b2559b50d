import { Gauge, type Registry } from 'prom-client'
import type { Readings } from '../../message/readings.ts'

/** Whether the hub does its work, and what waits for it. */
export function queueFigures(registry: Registry): (readings: Readings) => void {
  const registers = [registry]
  const healthy = new Gauge({
    name: 'smshub_healthy',
    help: 'Whether the hub accepts and stores messages: 1 or 0; /healthz has the reason',
    registers,
  })
  const connected = new Gauge({
    name: 'smshub_mqtt_connected',
    help: 'Whether the hub is connected to the MQTT broker: 1 or 0',
    registers,
  })
  const messages = new Gauge({
    name: 'smshub_queue_messages',
    help:
      'Messages by state: queued waits to be sent, scheduled for the time at which it is wanted, open waits for its answer, quarantined could not be decoded. ' +
      'The last two are counted up to 10000',
    labelNames: ['state'],
    registers,
  })
  const oldest = new Gauge({
    name: 'smshub_queue_oldest_seconds',
    help: 'Age of the oldest message that could be sent now, 0 without one; what waits for a retry, a pause of its device or a sleeping device does not count',
    registers,
  })
  const events = new Gauge({
    name: 'smshub_outlet_events',
    help: 'Events by outlet: waiting are not passed on yet, parked were refused; counted up to 10000',
    labelNames: ['outlet', 'state'],
    registers,
  })
  return ({ now, healthy: isHealthy, mqttConnected, stored }) => {
    healthy.set(isHealthy ? 1 : 0)
    connected.set(mqttConnected ? 1 : 0)
    const { queued, scheduled, open, quarantined, oldestReadyAt, outlets } = stored
    for (const [state, count] of Object.entries({ queued, scheduled, open, quarantined }))
      messages.set({ state }, count)
    // The clock may have been set back.
    oldest.set(oldestReadyAt === null ? 0 : Math.max(0, now - oldestReadyAt) / 1000)
    events.reset()
    for (const [outlet, counts] of Object.entries(outlets))
      for (const [state, count] of Object.entries(counts)) events.set({ outlet, state }, count)
  }
}
