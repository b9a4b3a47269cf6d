-- Consumers by digest, for sessions of the session plugin. ConsumerState computes the same digest.
CREATE INDEX consumers_digest ON consumers (gatehouse_digest('consumer:' || id::text));
