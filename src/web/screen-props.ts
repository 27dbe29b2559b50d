import type { FunctionComponent } from 'preact'

/** A screen gets the path behind its own name. */
export interface ScreenProps {
  readonly path: readonly string[]
}

export type Screen = FunctionComponent<ScreenProps>
