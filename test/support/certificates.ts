import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { temporaryFolder } from './folder.ts'

/** A private authority with a certificate for this machine and one for a client, made anew (openssl). */
export interface Certificates {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
}

export function makeCertificates(): Certificates {
  const folder = temporaryFolder('smshub-certificates-')
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test authority', '-days', '2')
  for (const name of ['server', 'client']) {
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, ...names)
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', '2']
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed)
  }
  const pair = (name: string) => ({ cert: file(`${name}.pem`), key: file(`${name}.key`) })
  return { ca: file('ca.pem'), server: pair('server'), client: pair('client') }
}
