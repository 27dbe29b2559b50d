import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { words } from '../texts/language.ts'
import { useAct } from './act.ts'
import { Button } from './button.tsx'
import { Fault } from './fault.tsx'
import { TextField } from './field.tsx'

interface DialogProps {
  readonly title: ComponentChildren
  readonly children: ComponentChildren
  readonly onClose: () => void
}

/** A dialog in front of the page: the browser keeps the focus in it, and Escape ends it. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = box.current
    const before = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={box}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div class="in">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}

interface ConfirmProps {
  readonly title: string
  readonly children?: ComponentChildren
  /** The words of the button. */
  readonly act: string
  /** Has to be typed, where it can do harm. */
  readonly name?: string | undefined
  readonly work: () => Promise<unknown>
  readonly done?: string
  readonly onClose: () => void
}

/** Asks before something that can't be undone. */
export function Confirm({ title, children, act, name, work, done, onClose }: ConfirmProps) {
  const w = words().common
  const [typed, setTyped] = useState('')
  const { isBusy, problem, run } = useAct({ isQuiet: true })
  const isSure = name === undefined || typed.trim() === name
  const submit = async () => {
    if (isSure && (await run(work, done))) onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          submit().catch(console.error)
        }}
      >
        {children}
        {name !== undefined && <TextField label={w.typeName(name)} value={typed} onInput={setTyped} isPlain />}
        <Fault problem={problem} />
        <div class="ends">
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button type="submit" look="danger" disabled={!isSure || isBusy}>
            {act}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
