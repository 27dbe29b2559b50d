/** The answer to a message or an event: accepted, or refused for a reason that a repetition does not change. */
export type Acknowledgement = { readonly taken: true } | { readonly taken: false; readonly reason: string }
