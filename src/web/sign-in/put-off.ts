import { signal } from '@preact/signals'

/** Whoever is at the machine itself may go on without a password, until the page is opened again. */
export const isPutOff = signal(false)
