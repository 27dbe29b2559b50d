import * as z from 'zod'
import { profileHead, profileView } from '../../api/profile-operations.ts'
import type { Route } from '../route.ts'

const name = z.string().min(1).max(64)

export const profileRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/profiles',
    name: 'listProfiles',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'profile/list',
    revision: 'content',
    query: z.strictObject({ q: z.string().max(128).optional() }),
    answer: z.object({ profiles: z.array(profileHead.meta({ id: 'ProfileHead' })) }).meta({ id: 'ProfileList' }),
  },
  {
    method: 'GET',
    path: '/profiles/:manufacturer/:family',
    name: 'getProfile',
    tag: 'devices',
    scope: 'devices:read',
    operation: 'profile/get',
    revision: 'content',
    params: z.object({ manufacturer: name, family: name }),
    input: ({ params }) => ({ profile: `${params.manufacturer}/${params.family}` }),
    answer: profileView.meta({ id: 'Profile' }),
  },
]
