/**
 * How many of the three storages of `+CPMS` are named (TS 27.005 clause 3.2.2): vendors differ in how many they accept at
 * once.
 */
export type StorageForm = 1 | 2 | 3

/** For new messages too: all that the modem accepts. */
export function homeCommands(name: string): string[] {
  return ([3, 2, 1] as const).map((form) => commandFor(name, name, form))
}

/** To read from: the first alone, so that new messages go where they went; else in the form that the modem accepts. */
export function readCommands(
  name: string,
  { home, storageForm }: { home: string | null; storageForm: StorageForm | null },
) {
  const forms: readonly StorageForm[] = storageForm === null || storageForm === 1 ? [1] : [1, storageForm]
  return forms.map((form) => commandFor(name, home ?? name, form))
}

/** Which form the command is. */
export function formOf(command: string): StorageForm {
  return command.split(',').length as StorageForm
}

function commandFor(first: string, others: string, form: StorageForm): string {
  return `AT+CPMS=${[first, others, others]
    .slice(0, form)
    .map((name) => `"${name}"`)
    .join(',')}`
}
