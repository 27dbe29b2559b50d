/** What `messages:` of a device in smshub.yaml gets, from the answer of `device/rule`; null for any other error. */
export function messagesYaml({ messages }: Readonly<Record<string, unknown>>): string | null {
  if (typeof messages !== 'object' || messages === null) return null
  const lines = Object.entries(messages).flatMap(([name, message]) => [
    `  ${name}:`,
    // JSON is YAML, too.
    ...Object.entries(message as object).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
  ])
  return ['messages:', ...lines].join('\n')
}
