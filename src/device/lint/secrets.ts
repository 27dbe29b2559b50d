import { settingOf } from '../device.ts'
import { sampleDevice } from '../sample.ts'
import { literalsIn } from '../schema/template.ts'
import { each, type Rule } from './problem.ts'

const sounds = /(?:^|_)(?:pass(?:word|code|wd)?|pwd|pin|puk|code|secret)(?:_|$)/

/** Secrets are settings or secret parameters, and nowhere else. */
export const lintSecrets: Rule = (profile, dialect) => {
  const device = sampleDevice(profile, dialect.variant, {})
  const secrets = Object.entries(dialect.settings).flatMap(([name, { secret }]) =>
    secret ? (settingOf(device, name) ?? []) : [],
  )
  const templates = [
    ...Object.entries(dialect.frames).map(([name, frame]) => [`frames.${name}`, frame] as const),
    ...Object.entries(dialect.commands).flatMap(([name, { text }]) =>
      text === undefined ? [] : [[`commands.${name}.text`, text] as const],
    ),
    ...Object.entries(profile.row.dialects).flatMap(([layer, { sends }]) =>
      Object.entries(sends).map(([name, text]) => [`dialects.${layer}.sends.${name}`, text] as const),
    ),
  ]
  const named = [
    ...Object.entries(dialect.settings).map(([name, spec]) => [`settings.${name}`, name, spec] as const),
    ...Object.entries(dialect.commands).flatMap(([command, { params }]) =>
      Object.entries(params).map(([name, spec]) => [`commands.${command}.params.${name}`, name, spec] as const),
    ),
  ]
  return [
    ...each(named, ([path, name, { secret }]) =>
      sounds.test(name) && !secret
        ? { path, message: 'sounds like a secret: set secret: true, or choose another name' }
        : null,
    ),
    ...each(templates, ([path, { parts }]) =>
      literalsIn(parts).some((piece) => secrets.some((secret) => holds(piece, secret)))
        ? { path, message: 'holds a secret: use a setting' }
        : null,
    ),
  ]
}

/** A secret within a longer word does not count: `PC` is not in `NPC`. */
function holds(piece: string, secret: string): boolean {
  const isLetter = (char: string | undefined): boolean => /^\p{L}$/u.test(char ?? '')
  for (let at = piece.indexOf(secret); at >= 0; at = piece.indexOf(secret, at + 1)) {
    const joins = (inside: string | undefined, outside: string | undefined) => isLetter(inside) && isLetter(outside)
    const [before, after] = [piece[at - 1], piece[at + secret.length]]
    if (!joins(secret[0], before) && !joins(secret.at(-1), after)) return true
  }
  return false
}
