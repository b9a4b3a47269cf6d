package io.gatehouse.credential;

/** Marks a state that the shared cache may hold: it contains no secret. */
public sealed interface SharedCredentialState extends CredentialState
        permits TokenState, KeyState, ConsumerGroups, ConsumerState {
    /** The second in which the credential expires, since the epoch; 0: never. */
    long endsAt();
}
