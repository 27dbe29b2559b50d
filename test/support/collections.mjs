import { constants, PerformanceObserver } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

/** Preloaded into a program: a line on its standard error for each collection of garbage that it has asked for. */
if (isMainThread) {
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries())
      if (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) process.stderr.write('collected\n')
  })
  observer.observe({ entryTypes: ['gc'] })
}
