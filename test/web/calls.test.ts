import { expect, test } from '@jest/globals'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { calls } from '../../src/web/api/hub-calls.ts'

/** Who is signed in is proven before there are routes: `src/http/sign-in.ts` has these. */
const ofSignIn = ['session', 'signIn', 'signOut', 'ownPassword']

const shapeOf = (method: string, path: string) => `${method} ${path.replace(/:\w+/g, ':')}`

test('every call of the page is a route of the interface: what the page does, curl can do', () => {
  const routes = new Set(allRoutes.map(({ method, path }) => shapeOf(method, path)))
  const unknown = Object.entries(calls)
    .filter(([name]) => !ofSignIn.includes(name))
    .filter(([, { method, path }]) => !routes.has(shapeOf(method, path)))
    .map(([name, { method, path }]) => `${name}: ${method} ${path}`)
  expect(unknown).toEqual([])
})

test('what a call names in its path has the name that the route has', () => {
  for (const { method, path } of Object.values(calls)) {
    const route = allRoutes.find((one) => shapeOf(one.method, one.path) === shapeOf(method, path))
    if (route !== undefined) expect(path).toBe(route.path)
  }
})
