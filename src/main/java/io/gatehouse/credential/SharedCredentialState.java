package io.gatehouse.credential;

/** Facts that may rest in the cluster's shared cache: nothing secret can be read from them. */
public sealed interface SharedCredentialState extends CredentialState permits TokenState, KeyState, ConsumerGroups {
    /** The second in which they stop being true, since the epoch; 0: never. */
    long endsAt();
}
