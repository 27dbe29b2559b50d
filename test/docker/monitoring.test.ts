import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { hasPromtool, promtool, promtoolOn, type Sample, samplesOf } from '../support/promtool.ts'

const folder = fileURLToPath(new URL('../../docker/', import.meta.url))
const read = (path: string) => readFileSync(join(folder, path), 'utf8')

const ruleFile = join(folder, 'prometheus/rules/smshub.yml')
interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: Readonly<Record<string, string>>
}
const rules: readonly Rule[] = parse(read('prometheus/rules/smshub.yml')).groups.flatMap(
  ({ rules: each }: { rules: Rule[] }) => each,
)

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: object
  readonly targets?: readonly { readonly expr: string; readonly datasource: object }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}
const board = JSON.parse(read('grafana/boards/smshub.json'))
const panels: readonly Panel[] = board.panels
const plotted = panels.filter(({ type }) => type !== 'row')

/** As Grafana fills in its variables. */
const filled = (expr: string) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$gateway', '.*')
const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...plotted.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, expr: filled(expr) }))),
]

/** What a hub shows that has sent a text. */
let metrics = ''
let samples: readonly Sample[] = []

beforeAll(async () => {
  const [port, http] = [await freePort(), await freePort()]
  const hub = new HubProcess(temporaryFolder())
  await hub.start({
    config: `mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways: { home: { type: simulated, limits: { month: 1000 } } }
sms: { destinations: any }
http: { listen: 127.0.0.1:${http} }
`,
  })
  await hub.logged(/clients find the broker/)
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.publish('smshub/sms/send/4915112345699', 'hello')
  await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.storage_used !== null)
  await until(async () => {
    metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
    return /^smshub_messages_total\{direction="out",status="sent",gateway="home"\} 1$/m.test(metrics)
  })
  await client.close()
  await hub.stop()
  samples = samplesOf(metrics)
})

test('every metric of rules and board is one of the hub, with the labels that are asked for', () => {
  const types = new Map([...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]))
  const labelsOf = (name: string) =>
    new Set(
      samples
        .filter((one) => one.name === name)
        .flatMap(({ labels }) => [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label)),
    )
  expect(types.size).toBeGreaterThan(20)
  for (const { of, expr } of expressions) {
    const named = [...expr.matchAll(/\b((?:smshub|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)]
    expect({ of, named: named.length > 0 }).toEqual({ of, named: true })
    for (const [, name = '', matchers = ''] of named) {
      const metric = name.replace(/_bucket$/, '')
      expect({ of, name, type: types.get(metric) ?? types.get(name) }).toEqual({ of, name, type: expect.any(String) })
      if (metric !== name) expect(types.get(metric)).toBe('histogram')
      const labels = labelsOf(name)
      // Without a sample, nothing is known of its labels.
      for (const [, label] of matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g))
        if (labels.size > 0) expect({ of, name, has: labels.has(label) && label }).toEqual({ of, name, has: label })
    }
  }
})

test('the runbook has a section for each alert, with steps to take, and no other', () => {
  const sections = new Map(
    read('prometheus/README.md')
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.split('\n', 1)[0] as string, text] as const),
  )
  expect([...sections.keys()]).toEqual(rules.map(({ alert }) => alert))
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook_url).toBe(`docker/prometheus/README.md#${alert.toLowerCase()}`)
    expect({ alert, steps: sections.get(alert) }).toEqual({ alert, steps: expect.stringMatching(/^1\. .{20}/m) })
  }
})

test('labels are ids of the configuration, words and patterns: never a number or a text', () => {
  expect(metrics).not.toMatch(/4915112345699|hello/)
})

test('every metric has a help text that is a sentence of its own', () => {
  const helps = [...metrics.matchAll(/^# HELP (smshub_\w+) (.*)$/gm)].map(([, name, help = '']) => ({ name, help }))
  expect(helps.length).toBeGreaterThan(15)
  for (const { name, help } of helps)
    expect({ name, help }).toEqual({ name, help: expect.stringMatching(/^[A-Z].{14,}/) })
  expect(new Set(helps.map(({ help }) => help)).size).toBe(helps.length)
})

test('the board has one panel in each place, each with a unit and the source that is chosen', () => {
  expect(board).toMatchObject({ uid: 'smshub', id: null })
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  const source = { type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) }
  for (const { title, datasource, targets = [], fieldConfig } of plotted) {
    expect({ title, unit: fieldConfig?.defaults.unit }).toEqual({ title, unit: expect.stringMatching(/./) })
    expect([datasource, ...targets.map((each) => each.datasource)]).toEqual(Array(targets.length + 1).fill(source))
  }
  const variables = board.templating.list.map(({ name, type }: { name: string; type: string }) => ({ name, type }))
  expect(variables).toEqual([
    { name: 'datasource', type: 'datasource' },
    { name: 'gateway', type: 'query' },
  ])
})

test('the compose file starts both beside the hub, with what is provisioned in its place', () => {
  const { services, volumes } = parse(read('compose.monitoring.yaml'))
  const places = Object.values<{ volumes: string[] }>(services).flatMap((service) => service.volumes)
  for (const place of places) {
    const [source = ''] = place.split(':')
    if (source.startsWith('./')) expect(() => read(`${source}/.`)).toThrow(/EISDIR/)
    else expect(Object.keys(volumes)).toContain(source)
  }
  const { scrape_configs } = parse(read('prometheus/prometheus.yml'))
  expect(scrape_configs[0].static_configs[0].targets).toEqual(['smshub:8080'])
  // The service whose name that is, and the port on which it listens to others.
  for (const file of ['compose.yaml', 'compose.homeassistant.yaml'])
    expect(parse(read(file)).services.smshub.environment.SMSHUB_HTTP__LISTEN).toBe('0.0.0.0:8080')
  const [{ options }] = parse(read('grafana/provisioning/dashboards/smshub.yml')).providers
  expect(places).toContain(`./grafana/boards:${options.path}:ro`)
  const [{ url }] = parse(read('grafana/provisioning/datasources/prometheus.yml')).datasources
  expect(url).toBe('http://prometheus:9090')
})

/** Values of a series, a minute apart, in the notation of promtool: until the 60th they decide. */
interface Fault {
  /** By series: what raises the alert, and what nearly does. */
  readonly raises: Readonly<Record<string, string>>
  readonly spares: Readonly<Record<string, string>>
}

const counter = (status: string) => `smshub_messages_total{direction="out",status="${status}",gateway="home"}`
const recoveries = 'smshub_gateway_recoveries_total{gateway="home",rung="reopen"}'
const webhook = (outcome: string) => `smshub_webhook_deliveries_total{endpoint="panel",outcome="${outcome}"}`
const apiErrors = (route: string) => `smshub_api_requests_total{route="${route}",method="GET",code="503"}`

const faults: Readonly<Record<string, Fault>> = {
  SmshubUnhealthy: { raises: { smshub_healthy: '0x70' }, spares: { smshub_healthy: '1x58 0x1 1x9' } },
  SmshubBrokerLost: {
    raises: { smshub_mqtt_connected: '0x70', smshub_healthy: '0x70' },
    spares: { smshub_mqtt_connected: '1x55 0x3 1x9' },
  },
  SmshubGatewayDown: {
    raises: { 'smshub_gateway_up{gateway="home"}': '0x70' },
    spares: { 'smshub_gateway_up{gateway="home"}': '1x56 0x9' },
  },
  SmshubNotRegistered: {
    raises: { 'smshub_gateway_registered{gateway="home"}': '0x70' },
    spares: { 'smshub_gateway_registered{gateway="home"}': '1x52 0x9' },
  },
  SmshubModemSick: { raises: { [recoveries]: '0+1x70' }, spares: { [recoveries]: '0x20 1x10 2x10 4x30' } },
  SmshubStorageFull: {
    raises: { 'smshub_gateway_storage_messages{gateway="home"}': '17x70' },
    spares: { 'smshub_gateway_storage_messages{gateway="home"}': '16x70' },
  },
  SmshubQueueStale: {
    raises: { smshub_queue_oldest_seconds: '0+60x70' },
    spares: { smshub_queue_oldest_seconds: '300x70' },
  },
  SmshubQuota: {
    raises: { 'smshub_quota_used_ratio{gateway="home",window="day"}': '0.8x70' },
    spares: {
      'smshub_quota_used_ratio{gateway="home",window="day"}': '0.79x70',
      'smshub_quota_used_ratio{gateway="home",window="minute"}': '1x70',
    },
  },
  SmshubFailures: {
    raises: { [counter('undelivered')]: '0+1x70', [counter('sent')]: '0+4x70' },
    spares: { [counter('failed')]: '0+1x70', [counter('sent')]: '0+9x70' },
  },
  SmshubInDoubt: { raises: { [counter('in_doubt')]: '0x30 1x40' }, spares: { [counter('in_doubt')]: '5x70' } },
  SmshubUndecodable: {
    raises: { 'smshub_queue_messages{state="quarantined"}': '4x30 5x40' },
    spares: { 'smshub_queue_messages{state="quarantined"}': '5x30 4x40' },
  },
  SmshubEventsWaiting: {
    raises: { 'smshub_outlet_events{outlet="mqtt",state="waiting"}': '1001x70' },
    spares: { 'smshub_outlet_events{outlet="mqtt",state="waiting"}': '0x52 5000x9' },
  },
  SmshubEventsRefused: {
    raises: { 'smshub_outlet_events{outlet="mqtt",state="parked"}': '0x30 1x40' },
    spares: { 'smshub_outlet_events{outlet="mqtt",state="parked"}': '7x70' },
  },
  SmshubWebhookDead: {
    raises: { [webhook('dead')]: '0x30 1x40' },
    spares: { [webhook('dead')]: '7x70', [webhook('failed')]: '0+1x70' },
  },
  SmshubGuessing: {
    raises: {
      'smshub_auth_failures_total{kind="key"}': '0+1x70',
      'smshub_auth_failures_total{kind="password"}': '0+1x70',
    },
    spares: {
      'smshub_auth_failures_total{kind="key"}': '0x50 9x20',
      'smshub_auth_failures_total{kind="password"}': '20x70',
    },
  },
  SmshubApiErrors: {
    raises: { [apiErrors('/v1/messages')]: '0+1x70' },
    spares: { [apiErrors('/healthz')]: '0+1x70', [apiErrors('/v1/messages')]: '3x70' },
  },
}

/** Everything that the hub shows stays as it is, but for these. */
function world(changed: Readonly<Record<string, string>>) {
  const own = 'job="smshub",instance="hub:8080"'
  const of = (series: string) => {
    const [name, labels] = series.split(/[{}]/)
    return `${name}{${[labels, own].filter((each) => each).join(',')}}`
  }
  const standing = samples
    .filter(({ name }) => name.startsWith('smshub_'))
    .map(({ name, labels, value }) => [labels === '' ? name : `${name}{${labels}}`, `${value}x70`] as const)
  const series = new Map([...standing, ...Object.entries(changed)])
  return [...series].map(([name, values]) => ({ series: of(name), values }))
}

/** Exactly these alerts are raised after an hour, each for its own series only. */
const raised = (name: string, input_series: readonly object[], alerts: readonly string[]) => ({
  name,
  interval: '1m',
  input_series,
  promql_expr_test: [
    {
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: '60m',
      exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    },
  ],
})

const withPromtool = hasPromtool() ? describe : describe.skip

withPromtool('promtool of Prometheus', () => {
  test('finds nothing wrong with the configuration and the rules', () => {
    expect(promtool(['check', 'config', join(folder, 'prometheus/prometheus.yml')])).toBe('')
    expect(promtool(['check', 'rules', '--lint=all', '--lint-fatal', ruleFile])).toBe('')
  })

  test('finds nothing wrong with the metrics of a running hub', () => {
    expect(promtool(['check', 'metrics'], metrics)).toBe('')
    // It does find something.
    expect(promtool(['check', 'metrics'], '# TYPE sent counter\nsent 1\n')).toMatch(/_total/)
  })

  test('understands every expression of the board', () => {
    const recorded = expressions.map(({ expr }, i) => ({ record: `board:panel${i}:of`, expr }))
    expect(promtoolOn(['check', 'rules'], { groups: [{ name: 'board', rules: recorded }] })).toBe('')
    const broken = { record: 'board:broken:of', expr: 'sum by (le (rate(x[5m]))' }
    expect(promtoolOn(['check', 'rules'], { groups: [{ name: 'board', rules: [broken] }] })).toMatch(/parse error/)
  })

  test('a hub that works raises no alert, one that is gone only that, and each fault its own alert and no other', () => {
    expect(['SmshubGone', ...Object.keys(faults)].sort()).toEqual(rules.map(({ alert }) => alert).sort())
    const tests = [
      raised('works', world({}), []),
      raised('gone', [{ series: 'up{job="smshub"}', values: '0x70' }], ['SmshubGone']),
      ...Object.entries(faults).flatMap(([alert, { raises, spares }]) => [
        raised(`${alert} raised`, world(raises), [alert]),
        raised(`${alert} nearly`, world(spares), []),
      ]),
    ]
    expect(promtoolOn(['test', 'rules'], { rule_files: [ruleFile], evaluation_interval: '1m', tests })).toBe('')
  })
})
