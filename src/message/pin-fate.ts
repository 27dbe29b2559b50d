/** The result of a PIN: `tried` is stored before it is entered, and remains when no answer was received; `not_entered` where the SIM did not get it. */
export type PinFate = 'tried' | 'tried_again' | 'refused' | 'right' | 'not_entered'
