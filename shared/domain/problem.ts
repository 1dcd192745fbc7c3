/** The last exchange with the gateway that proved nothing; gone once a verified status has come. */
export interface Problem {
  /** The decision that it was logged as; not shown. */
  code?: string;
  /** ISO 8601, UTC. */
  at: string;
  doing: 'applying' | 'querying';
  reason: string;
  ret_code?: string;
  ret_msg?: string;
}

/** Why the service can't go on by itself. */
export type Attention = 'conflict' | 'denied' | 'too_old_to_resend' | 'duplicate_not_found';
