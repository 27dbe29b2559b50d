import type { ComponentChildren } from 'preact'

/** Words of the hub or of a profile: they are English in every language of the page, and are to be read out as such. */
export const English = ({ children }: { readonly children: ComponentChildren }) => <span lang="en">{children}</span>
