import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { type Box, type BoxAnswer, type BoxRequest, box } from './box.ts'

type Sending = 'sends' | 'fails' | 'hangs' | 'accepts_and_hangs' | 'accepts_and_cuts' | 'never_ends' | 'busy'

export interface HilinkText {
  readonly Index: string
  readonly Phone: string
  readonly Content: string
  readonly Date: string
  readonly SmsType: string
}

export interface HilinkBox extends Box {
  readonly sent: { readonly to: string; readonly text: string; readonly coding: string; readonly xml: string }[]
  /** What it does with the next texts; then it sends. */
  readonly next: Sending[]
  inbox: HilinkText[]
  /** It does not delete. */
  keeps: boolean
  sim: string
  service: string
  lists: number
  /** As somebody who opens its page, or a restart: the session is another one. */
  forget(): void
}

const xml = (inner: string, headers: Record<string, string> = {}): BoxAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/xml', ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\r\n${inner}`,
})
const ok = (headers?: Record<string, string>) => xml('<response>OK</response>', headers)
const error = (code: number) => xml(`<error>\r\n<code>${code}</code>\r\n<message></message>\r\n</error>`)
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const within = (body: string, name: string) => new RegExp(`<${name}>([^]*?)</${name}>`).exec(body)?.[1] ?? ''

/** The page of a HiLink box: a cookie, a token for each POST, and elements in their order without white space. */
export async function hilinkBox(
  options: { login?: 'none' | 'plain' | 'hashed' | 'scram'; token?: 'token' | 'SesTokInfo'; password?: string } = {},
): Promise<HilinkBox> {
  const { login = 'none', token: way = 'SesTokInfo', password = 'secret' } = options
  let [session, count, isIn] = ['', 0, false]
  let tokens: string[] = []
  let challenge = { client: '', server: '' }
  let ended = { ok: '', failed: '', pending: '' }
  const fresh = () => {
    const made = `${String(++count).padStart(4, '0')}${'t'.repeat(28)}`
    tokens.push(made)
    return made
  }
  const begin = () => {
    session = `SessionID=s${++count}`
    isIn = false
    tokens = []
  }
  const state = {
    sent: [] as { to: string; text: string; coding: string; xml: string }[],
    next: [] as Sending[],
    inbox: [] as HilinkText[],
    keeps: false,
    sim: '257',
    service: '2',
    lists: 0,
    forget: begin,
  }
  const enter = () => {
    isIn = true
    return ok({ __RequestVerificationTokenone: fresh(), __RequestVerificationTokentwo: fresh() })
  }
  const logIn = (path: string, body: string): BoxAnswer => {
    if (path === 'user/login') {
      const right = login === 'plain' ? base64(password) : base64(sha(`admin${base64(sha(password))}${usedToken}`))
      return within(body, 'Password') === right && within(body, 'Username') === 'admin' ? enter() : error(108_006)
    }
    if (path === 'user/challenge_login') {
      challenge = { client: within(body, 'firstnonce'), server: `${within(body, 'firstnonce')}ab12` }
      return xml(
        `<response><salt>${'5a'.repeat(32)}</salt><iterations>100</iterations><servernonce>${challenge.server}</servernonce></response>`,
        { __RequestVerificationToken: fresh() },
      )
    }
    const salted = pbkdf2Sync(password, Buffer.from('5a'.repeat(32), 'hex'), 100, 32, 'sha256')
    const key = createHmac('sha256', 'Client Key').update(salted).digest()
    const signature = createHmac('sha256', `${challenge.client},${challenge.server},${challenge.server}`)
      .update(createHash('sha256').update(key).digest())
      .digest()
    const proof = Buffer.from(key.map((octet, i) => octet ^ (signature[i] as number))).toString('hex')
    return within(body, 'clientproof') === proof ? enter() : error(108_006)
  }
  let usedToken = ''
  const send = (body: string): BoxAnswer => {
    const how = state.next.shift() ?? 'sends'
    if (how === 'busy') return error(113_004)
    if (how === 'hangs') return null
    const shape =
      /^<\?xml [^>]*\?><request><Index>-1<\/Index><Phones><Phone>([^<]+)<\/Phone><\/Phones><Sca><\/Sca><Content>([^<]*)<\/Content><Length>(\d+)<\/Length><Reserved>([012])<\/Reserved><Date>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d<\/Date><\/request>$/
    const [, to = '', content = '', length, coding = ''] = shape.exec(body) ?? []
    const text = content.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
    if (to === '' || Number(length) !== text.length) return error(100_005)
    state.sent.push({ to, text, coding, xml: body })
    ended = { ok: '', failed: '', pending: to }
    if (how === 'sends') ended = { ok: to, failed: '', pending: '' }
    if (how === 'fails') ended = { ok: '', failed: to, pending: '' }
    if (how === 'accepts_and_cuts') return 'cut'
    return how === 'accepts_and_hangs' ? null : ok({ __RequestVerificationToken: fresh() })
  }
  const listed = () =>
    state.inbox
      .map(
        (one) =>
          `<Message><Smstat>0</Smstat>${Object.entries(one)
            .map(([k, v]) => `<${k}>${v}</${k}>`)
            .join('')}</Message>`,
      )
      .join('')
  const answer = ({ method, path, headers, body }: BoxRequest): BoxAnswer => {
    if (path === '/') return { status: 200, body: '<html></html>' }
    const name = path.replace('/api/', '')
    if (name === 'webserver/token' || name === 'webserver/SesTokInfo') {
      if (name !== `webserver/${way}`) return error(100_002)
      if (session === '' || headers.cookie !== session) begin()
      const made = fresh()
      if (way === 'SesTokInfo')
        return xml(`<response><SesInfo>${session}</SesInfo><TokInfo>${made}</TokInfo></response>`)
      return xml(`<response><token>${'0'.repeat(32)}${made}</token></response>`, {
        'set-cookie': `${session};path=/;HttpOnly`,
      })
    }
    if (headers.cookie !== session) return error(125_002)
    if (method === 'POST') {
      usedToken = String(headers.__requestverificationtoken ?? '')
      if (!tokens.includes(usedToken)) return error(125_003)
      tokens = tokens.filter((one) => one !== usedToken)
    }
    if (name === 'user/state-login') {
      const [type, extern] = login === 'plain' ? ['0', ''] : ['4', login === 'scram' ? '1' : '0']
      return xml(
        `<response><State>${isIn ? 0 : -1}</State><Username></Username><password_type>${type}</password_type><extern_password_type>${extern}</extern_password_type></response>`,
      )
    }
    if (name.startsWith('user/')) return logIn(name, body)
    if (login !== 'none' && !isIn) return error(100_003)
    switch (name) {
      case 'pin/status':
        return xml(`<response><SimState>${state.sim}</SimState></response>`)
      case 'monitoring/status':
        return xml(`<response><ServiceStatus>${state.service}</ServiceStatus></response>`)
      case 'sms/send-sms':
        return send(body)
      case 'sms/send-status':
        return xml(
          `<response><Phone>${ended.pending}</Phone><SucPhone>${ended.ok}</SucPhone><FailPhone>${ended.failed}</FailPhone><TotalCount>1</TotalCount><CurIndex>1</CurIndex></response>`,
        )
      case 'sms/sms-list':
        state.lists++
        return xml(`<response><Count>${state.inbox.length}</Count><Messages>${listed()}</Messages></response>`)
      case 'sms/delete-sms':
        if (state.keeps) return error(113_004)
        state.inbox = state.inbox.filter(({ Index }) => Index !== within(body, 'Index'))
        return ok()
      default:
        return error(100_002)
    }
  }
  return Object.assign(state, await box(answer))
}
