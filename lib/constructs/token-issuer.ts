/** Who signs the tokens of the API's callers (RS256). Their claims `tenant` and `scope` say what is allowed. */
export interface TokenIssuer {
  /** The `iss` claim; its OpenID configuration names the keys. */
  readonly issuer: string;
  /** The `aud` or `client_id` claim. */
  readonly audience: string;
}
