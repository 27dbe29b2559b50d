import * as z from 'zod'
import { idPattern } from '../message/topics.ts'
import { isNetwork } from '../util/networks.ts'
import { isLoopback } from './broker-config.ts'
import { isPasswordHash } from './password.ts'
import { flag, key, list, listen, number } from './scalars.ts'

const mebibyte = 1024 ** 2

const User = z.strictObject({
  password: key(
    z.string().refine(isPasswordHash, {
      error: 'must be a hash, never the password itself: smshub hash-password makes it',
    }),
    'Hash of the password that is typed into the device, as smshub hash-password prints it',
    'scrypt:15:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ),
  devices: key(
    list(z.string().regex(idPattern, 'must be the id of a device')).refine((ids) => ids.length > 0, {
      error: 'must name a device',
    }),
    'The devices that log in with it: their mails are proven to be theirs',
    ['camera'],
  ),
})

/** `mail`: where devices send their reports as mails. */
export const MailSection = z
  .strictObject({
    listen: key(
      listen.prefault('127.0.0.1:2525'),
      'Where it listens for SMTP; an address that other machines can reach needs users: or networks:',
      '0.0.0.0:2525',
    ),
    cert: key(
      z.string().min(1).optional(),
      'PEM file of the certificate for STARTTLS; without it, that of mqtt.broker.tls',
      'server.pem',
    ),
    key: key(z.string().min(1).optional(), 'PEM file of its key', 'server.key'),
    implicit_tls: key(
      flag.default(false),
      'TLS from the first octet, for devices that call it SSL; else a device asks for it by STARTTLS',
      'true',
    ),
    clear_passwords: key(
      flag.default(false),
      'Whether other machines may log in without TLS, for devices that know none: only in a network of your own',
      'true',
    ),
    users: key(z.record(z.string().min(1).max(128), User).default({}), 'Who may log in, and for which devices', {
      camera: { password: 'scrypt:15:8:1:…', devices: ['camera'] },
    }),
    networks: key(
      list(
        z.string().refine(isNetwork, { error: 'must be an address or a network, like 192.168.1.5 or 192.168.1.0/24' }),
      ).default([]),
      'Addresses whose mails count without a password, as an SMS does that came by the known route of its device',
      ['192.168.1.20'],
    ),
    max_octets: key(
      number({ min: 65_536, max: 50 * mebibyte, integer: true }).default(10 * mebibyte),
      'Octets of one mail, with its attachments',
      '10485760',
    ),
  })
  .superRefine(({ listen: at, users, networks }, context) => {
    if (isLoopback(at.host) || Object.keys(users).length > 0 || networks.length > 0) return
    context.addIssue({
      code: 'custom',
      path: ['listen'],
      message: `${at.host} can be reached from outside: add users: or networks:, or listen on 127.0.0.1`,
    })
  })
