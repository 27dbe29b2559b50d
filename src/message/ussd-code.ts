/** A code that opens a USSD session (TS 22.090): `*100#`. */
export const ussdCode = /^[*#][*#\d]{0,158}#$/
/** A choice in a USSD menu; without characters that a modem could take for the end of a command. */
export const ussdChoice = /^[^"\p{Cc}]{1,160}$/u

/** A session: its code, and the choices that follow. */
export function isUssd([code = '', ...choices]: readonly string[]): boolean {
  return ussdCode.test(code) && choices.length < 10 && choices.every((choice) => ussdChoice.test(choice))
}
