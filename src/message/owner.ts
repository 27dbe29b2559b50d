/**
 * The owner of claimed work: a hub and its run. What a run intends (mark, return, give up) is void once another run has
 * taken the work over; what a network has done is a fact, whichever run reports it.
 */
export interface Owner {
  readonly owner: string
  readonly epoch: number
}
