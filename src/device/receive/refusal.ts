import type { RefusalReason } from '../schema/command.ts'

const thing =
  '(?:(?:the|your|this|sms|admin|user)\\s+)*(?:operation|command|cmd|instruction|order|request|set(?:ting)?|set ?up|pass ?word|pwd|pass ?code|code|pin|format|syntax|param(?:eter)?s?|value|message|sms|user|number)'
const wrong =
  '(?:fail(?:ed|ure|s)?|error|err|invalid|incorrect|unsuccessful|denied|refused|rejected|unsupported|not\\s+(?:valid|supported|recogni[sz]ed|accepted|allowed|known|found|correct))'
const wrongThing = `(?:${wrong}|wrong|unknown|unrecogni[sz]ed|illegal|bad|undefined)`
const end = '\\s*[!.]*(?:\\s*,?\\s*(?:please|pls)\\b.{0,60})?$'

/**
 * Words of refusal in any dialect. They are the whole text or its end; `no error` and reports about failures are not
 * refusals.
 */
const refusals: readonly RegExp[] = [
  `^(?:sorry\\W+)?${wrong}${end}`,
  `^(?:sorry\\W+)?${thing}\\s*(?:is\\s+|[:=-]\\s*)?${wrongThing}${end}`,
  `^(?:sorry\\W+)?${wrongThing}\\s*(?:[:=-]\\s*)?${thing}${end}`,
  `^(?:error|err|fail(?:ed|ure)?)\\s*[:,-]\\s*${wrongThing}\\s+${thing}${end}`,
  `^(?:no|not)\\s+(?:permission|authori[sz]ed|authority|allowed|access|supported|valid)${end}`,
  `^(?:access|permission)\\s+denied${end}`,
  '^(?!.*\\bno\\b).{1,80}\\b(?:unsuccessful|not successful)\\s*[!.]*$',
].map((words) => new RegExp(words, 'i'))

/** Whether these words are a refusal. */
export const isRefusal = (text: string): boolean => text.length <= 100 && refusals.some((words) => words.test(text))

/** Why a device refuses, by its words in the languages of profiles; the first that fits. */
const reasons: readonly (readonly [RefusalReason, RegExp])[] = [
  [
    'not_authorised',
    /(?:not|no|un|non|nicht|без)[ -]?(?:authori[sz]|permi|allowed|access|berechtigt|autoris|autoriz|доступ)|(?:access|permission) denied|is not setup/i,
  ],
  [
    'wrong_password',
    /pass ?(?:word|code)|\b(?:pwd|pin|code|passwort|kennwort|contraseña|clave|senha|hasło)\b|mot de passe|парол/i,
  ],
  [
    'wrong_format',
    /format|syntax|caps lock|illegal|unknown (?:command|cmd)|(?:command|cmd|function code|sms data) (?:error|err|invalid)|invalid (?:command|cmd|parameter|value)|(?:incorrect|wrong|missing) (?:value|command|info|param)|формат|格式/i,
  ],
  [
    'not_possible',
    /not (?:possible|supported|enabled)|unable|turn off|is (?:armed|switched off)|(?:no|not) .*available/i,
  ],
]

export const reasonIn = (text: string): RefusalReason | null =>
  reasons.find(([, words]) => words.test(text))?.[0] ?? null
