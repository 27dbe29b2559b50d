/**
 * Who has claimed work: a hub, and which run of it. What a run intends (mark, return, give up) is void once another has
 * taken the work over; what a network has done is a fact, whoever reports it.
 */
export interface Owner {
  readonly owner: string
  readonly epoch: number
}
