-- The thumbprint of the key that redeems a code (RFC 9449 section 10). Null: any client with the code redeems it.
ALTER TABLE oauth2_authorization_codes ADD COLUMN jkt text;
