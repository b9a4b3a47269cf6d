package io.gatehouse.issuer;

import io.gatehouse.store.AssertionStore;
import io.gatehouse.store.CredentialStore;
import io.gatehouse.store.DeviceCodeStore;
import io.gatehouse.store.ExchangeStore;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.PushedRequestStore;
import io.gatehouse.store.SigningKeyStore;
import io.gatehouse.store.TokenStore;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.RegistrationStore;

/** The stores of an issuer. */
public record IssuerStores(
        TokenStore tokens,
        GrantStore grants,
        CredentialStore credentials,
        AssertionStore assertions,
        PushedRequestStore pushedRequests,
        DeviceCodeStore deviceCodes,
        ExchangeStore exchanges,
        SigningKeyStore signingKeys,
        RegistrationStore registrations,
        EntityStore entities) {}
