-- Consumers by the digests of their username and custom_id, for the claims of openid-connect. ConsumerState computes the same digests.
CREATE INDEX consumers_username_digest ON consumers (gatehouse_digest('consumer-username:' || username));
CREATE INDEX consumers_custom_id_digest ON consumers (gatehouse_digest('consumer-custom-id:' || custom_id));
