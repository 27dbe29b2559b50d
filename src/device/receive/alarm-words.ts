import { took } from '../regular/steps-taken.ts'
import { namesThing, standsElsewhere, switchesOthers } from './denied.ts'

/** A kind of alarm: what profiles call its event, and its words in the languages of devices. */
interface AlarmKind {
  readonly event: RegExp
  readonly words: string
}

/** An alarm that any device may give in words that its profile lacks. */
const kinds: readonly AlarmKind[] = [
  {
    event: /^(?:sos|panic|emergency)$/,
    words: `sos|help me|help(?=[ \\t]*!)|help help|need help|heip me|mayday|panic|emergency|hilferuf|notruf|notfall|überfall|ayuda|socorro|auxilio|pánico|emergencia
      |aiuto|emergenza|au secours|à l.aide|urgence|ajuda|emergência|pomocy|segítség|помогите|тревожная кнопка`,
  },
  {
    event: /^(?:fire|smoke)/,
    words: `fire|smoke|feuer|feueralarm|brandalarm|rauch|rauchalarm|incendio|fuego|humo|fumo|incendie|fumée|incêndio|fumaça|pożar|dym|požár|tűz|füst|rookalarm|пожар|дым`,
  },
  {
    event: /^(?:intru|burglar|break)/,
    words: `intruder|intrusion|burglary|burglar|break[- ]in|einbruch|intrusión|intruso|robo|intrusione|effraction|intrusão|włamanie
      |vloupání|betörés|inbraak|проникновение|взлом`,
  },
  {
    event: /^(?:power_(?:cut|fail|lost|off|alarm)|mains)/,
    words: `(?:main|mains|external|ac)(?: power)? (?:off|out)|power off alarm|(?:power|mains|ac|220v|230v|electricity) (?:cut|cut off|fail|failed|failure|lost|loss|outage|disconnected|alarm)|no (?:mains|power)|loss of (?:power|mains)
      |stromausfall|netzausfall|spannungsausfall|corte de (?:luz|energía|corriente)|fallo de (?:red|alimentación)|sin (?:luz|corriente)|mancanza (?:rete|corrente|tensione)
      |coupure (?:secteur|de courant)|panne secteur|falta de (?:energia|luz)|brak (?:zasilania|prądu)|výpadek|áramszünet|stroomuitval|отключение питания|нет питания`,
  },
  {
    event: /^alarm$/,
    words:
      '(?:alarm|alert|warning|attention|danger|alerta|alerte|atención|peligro|perigo|pericolo|gefahr|uwaga|внимание|alarma|alarme|allarme|achtung|warnung|poplach|riasztás|тревога)(?=[ \\t]*!|[ \\t]*:[ \\t]*\\p{L})|(?<![^\\r\\n])(?:warning|attention|achtung|warnung)(?=,[ \\t]*\\p{L})|(?<![^\\r\\n])alarm(?=[ \\t]*(?:$|[\\r\\n]+(?!(?:on|off|ok|no|none|[01])(?![\\p{L}\\p{N}]))))',
  },
]

const edge = { before: '(?<![\\p{L}\\p{N}])', after: '(?![\\p{L}\\p{N}])' } as const
const whole = (words: string): RegExp =>
  new RegExp(`${edge.before}(?:${words.replace(/\s*\n\s*/g, '')})${edge.after}`, 'giu')
const holds = (form: RegExp, text: string): boolean => text.search(form) >= 0
const search = kinds.map(({ event, words }) => ({ event, form: whole(words) }))

const [{ form: help }] = search as [(typeof search)[number]]
/** What has become of a thing. */
const ending = /^(?:disabled|cancelled|cleared)$/i

/** Words in front of an alarm's: it is denied, asked for, or spoken of. */
const before = whole(
  `no|not|none|never|without|non|disable|disabled|cancel|cancelled|clear|cleared|reset|stop|end of|end|set|test|if|when|send|reply|press|for|add|delete|change|changed to|enable
  |kein|keine|keinen|keiner|keinerlei|nicht|ohne|sin|ningún|ninguna|sans|pas|aucun|aucune|senza|nessun|nessuna|bez|brak|nie|nincs|nem
  |não|sem|nenhum|nenhuma|geen|niet|žádný|žádná|žádné|нет|без|не|отмена`,
)
/** A limit that is reached is no setting. */
const crossed =
  '(?<!(?:reached|reaches|exceeded|exceeds|above|below|over|under)[ \\t]+(?:(?:the|its)[ \\t]+)?(?:\\p{L}+[ \\t]+)?)'
/** Words behind it: an answer, a setting, a number, or its end. */
const after = whole(
  `ok|okay|done|succe(?:ed|ss)(?:ful(?:ly)?)?|set|saved|stored|added|deleted|removed|changed|number|numbers|nr|tel|phone|contact|contacts|list|on(?![ \\t]+(?:battery|backup|ups|the|your|zone|area|floor|camera|input|channel|sensor|door|window|gate)(?![\\p{L}]))|off
  |disabled|enabled|cancel|cancell?ed|words|text|clear|cleared|reset|restored|recovered|lifted|ready|initiali[sz]ed|ended|end|over|normal|inactive|none|mode|status|setting|settings|config|interval|delay|${crossed}threshold
  |${crossed}limit|sensitivity|function|test|(?<!on[ \\t])battery|batterie|error|fail|failed|invalid|unknown|not|no(?!\\.?[ \\t]*\\d)|is off|aus|ein|ausgeschaltet|deaktiviert|gelöscht|geändert|beendet|gespeichert|nummer|apagado|desactivad[oa]|guardad[oa]|configurad[oa]|cambiad[oa]|eliminad[oa]|borrad[oa]
  |alterad[oa]|salv[oa]|gravad[oa]|desligad[oa]|número|disattivat[oa]|salvat[oa]|impostat[oa]|modificat[oa]|cancellat[oa]|numero|désactivée?|enregistrée?|modifiée?|supprimée?
  |réglée?|numéro|wyłączon[yae]|zapisan[yao]|zmienion[yao]|usunięt[yao]|numer|uitgeschakeld|opgeslagen|gewijzigd|verwijderd|uložen[oáa]?|vypnut[oáa]?|smazán[oa]?
  |kikapcsolva|mentve|törölve|номер|сохран[её]н[ао]?|удал[её]н[ао]?|измен[её]н[ао]?|отключ[её]н[ао]?|выключен[ао]?|отмен[её]н[ао]?`,
)
/** Right in front of it: the number or the word is spoken of. */
const settingOf =
  /(?:numbers?|nummer|número|numero|numéro|numer|номер|words?|wort)[ \t]*(?:de|do|del|di|d')?[ \t]*[:=]?[ \t]*$/iu
/** A pair for which nothing has happened, or one that sets a number. */
const quiet =
  /^[ \t]*\d*[ \t]*[:=,][ \t]*(?:$|[\r\n,;]|(?:off|on|no|none|ok|0|1|normal|nein|aus|n\/a|false|idle|armed|disarmed|ready|enabled?|disabled?|sms|call|both|silent|sound|-)(?![\p{L}\p{N}])|\+?\d{3,})/iu
/** An index and a number: `SOS1 +4915112345678`. */
const numbered = /^[ \t]*\d{0,2}[ \t]*[:=,]?[ \t]*\+?\d{7,}/u
const clauseEnd = /[\r\n;!?]|(?<!\bno)\.|(?<!\d),|,(?!\d)/i

const alarmNames = /alarm|sos|panic|emergency|intru|fire|_cut|fault|shock|tamper/
/** Whether an event of this name is an alarm. */
export const isAlarmName = (event: string): boolean => alarmNames.test(event)

/** Places where one kind's words are looked at. */
const maxCries = 4

/** A word of alarm in a text. */
export interface Cry {
  /** What profiles call such an event. */
  readonly event: RegExp
  /** The words around it. */
  readonly clause: string
  readonly from: number
  readonly to: number
}

/** The words of alarm in a text that mean one. */
export function criesIn(text: string): Cry[] {
  return search.flatMap(({ event, form }) => {
    took(text.length)
    const all = [...text.matchAll(form)]
      .slice(0, maxCries)
      .map((found) => ({ from: found.index, to: found.index + found[0].length }))
    const meant = all.find(({ from, to }) => isMeant(text, from, to))
    return meant === undefined ? [] : [{ event, clause: clauseAt(text, meant.from, meant.to).trim(), ...meant }]
  })
}

/** Whether words of alarm at this place mean one: nothing in their clause denies, asks for, answers or sets it. */
export function isMeant(text: string, from: number, to: number): boolean {
  const clause = clauseAt(text, from, to)
  const start = startOf(text, from)
  const behind = text.slice(to, start + clause.length)
  const ahead = text.slice(start, from)
  if (settingOf.test(ahead)) return false
  const isHelp = holds(help, text.slice(from, to))
  // `GPS disabled SOS`, `LED disabled fire alarm`: the alarm stands behind the end of another thing.
  const isOfOther = (word: string, index: number) => {
    const thing = ahead.slice(0, index)
    return ending.test(word) && namesThing(thing) && (isHelp || (/^disabled$/i.test(word) && !switchesOthers(thing)))
  }
  if ([...ahead.matchAll(before)].some(({ index, 0: word }) => !isOfOther(word, index))) return false
  const isDenied = [...behind.matchAll(after)].some(
    ({ index, 0: word }) => !standsElsewhere(word, text.slice(from, to), behind.slice(0, index), ahead.trim() === ''),
  )
  if (isDenied) return false
  return (
    !quiet.test(text.slice(to, to + 40)) && !numbered.test(text.slice(to, to + 20)) && !/^\s*\?/.test(text.slice(to))
  )
}

function startOf(text: string, from: number): number {
  const ends = [...text.slice(Math.max(0, from - 80), from).matchAll(new RegExp(clauseEnd, 'g'))]
  const last = ends.at(-1)
  return Math.max(0, from - 80) + (last === undefined ? 0 : last.index + 1)
}

function clauseAt(text: string, from: number, to: number): string {
  const rest = text.slice(to, to + 80)
  const end = rest.search(clauseEnd)
  return text.slice(startOf(text, from), end < 0 ? to + rest.length : to + end)
}
