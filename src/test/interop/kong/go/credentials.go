package main

import (
	"context"
	"fmt"

	"github.com/kong/go-kong/kong"
)

// own binds the methods of a credential to a Consumer.
func own[T any](
	consumer string,
	create, update func(context.Context, *string, *T) (*T, error),
	get func(context.Context, *string, *string) (*T, error),
	remove func(context.Context, *string, *string) error,
	page list[T], all listAll[T],
) methods {
	return adapt(
		func(ctx context.Context, given *T) (*T, error) { return create(ctx, &consumer, given) },
		func(ctx context.Context, id *string) (*T, error) { return get(ctx, &consumer, id) },
		func(ctx context.Context, given *T) (*T, error) { return update(ctx, &consumer, given) },
		func(ctx context.Context, id *string) error { return remove(ctx, &consumer, id) },
		page, all)
}

func credentials(client *kong.Client, consumer string, pair certified) []kind {
	owner := object{"consumer": object{"id": consumer}}
	parent := "/consumers/" + consumer
	keyAuth, oauth2, jwt, acl := client.KeyAuths, client.Oauth2Credentials, client.JWTAuths, client.ACLs
	basic, hmac := client.BasicAuths, client.HMACAuths
	return []kind{
		{
			name: "key-auth credentials", path: "/key-auth", parent: parent, key: "key", needs: "key-auth",
			given: parse(`{"key":"a-key","tags":["a"]}`), added: owner, change: parse(`{"key":"b-key"}`),
			vary:    func(n int) object { return object{"key": fmt.Sprint("key-", n)} },
			methods: own(consumer, keyAuth.Create, keyAuth.Update, keyAuth.Get, keyAuth.Delete, keyAuth.List, keyAuth.ListAll),
			errors:  []mistake{taken(object{"key": "b-key"}, "key", "b-key")},
		},
		{
			name: "oauth2 credentials", path: "/oauth2", parent: parent, key: "client_id", needs: "oauth2",
			given: parse(`{"name":"app","client_id":"id","client_secret":"secret","hash_secret":false,
				"redirect_uris":["https://app.example/cb"],"client_type":"confidential","tags":["a"]}`),
			added: owner, change: parse(`{"name":"app2"}`),
			vary:    func(n int) object { return object{"client_id": fmt.Sprint("id-", n)} },
			methods: own(consumer, oauth2.Create, oauth2.Update, oauth2.Get, oauth2.Delete, oauth2.List, oauth2.ListAll),
			errors: []mistake{
				violation("no name", object{"client_id": "x"}, "name", "required field missing"),
				taken(object{"name": "y", "client_id": "id"}, "client_id", "id"),
			},
		},
		{
			name: "jwt credentials", path: "/jwt", parent: parent, key: "key", needs: "jwt",
			given: object{"key": "iss", "secret": "s", "algorithm": "ES256", "rsa_public_key": pair.public, "tags": []any{"a"}},
			added: owner, change: parse(`{"secret":"t"}`),
			vary:    func(n int) object { return object{"key": fmt.Sprint("iss-", n)} },
			methods: own(consumer, jwt.Create, jwt.Update, jwt.Get, jwt.Delete, jwt.List, jwt.ListAll),
			errors:  []mistake{taken(object{"key": "iss"}, "key", "iss")},
		},
		{
			name: "acl groups", path: "/acls", parent: parent, key: "group", needs: "acl",
			given: parse(`{"group":"admins","tags":["a"]}`), added: owner, change: parse(`{"group":"users"}`),
			vary:    func(n int) object { return object{"group": fmt.Sprint("group-", n)} },
			methods: own(consumer, acl.Create, acl.Update, acl.Get, acl.Delete, acl.List, acl.ListAll),
			errors:  []mistake{violation("no group", object{"tags": []any{"t"}}, "group", "required field missing")},
		},
		{
			name: "basic-auth credentials", path: "/basic-auth", parent: parent, key: "username", needs: "basic-auth",
			hashed: "password",
			given:  parse(`{"username":"alex","password":"p","tags":["a"]}`), added: owner, change: parse(`{"username":"alexa"}`),
			vary:    func(n int) object { return object{"username": fmt.Sprint("alex-", n)} },
			methods: own(consumer, basic.Create, basic.Update, basic.Get, basic.Delete, basic.List, basic.ListAll),
			errors: []mistake{
				violation("no password", object{"username": "x"}, "password", "required field missing"),
				taken(object{"username": "alexa", "password": "p"}, "username", "alexa"),
			},
		},
		{
			name: "hmac-auth credentials", path: "/hmac-auth", parent: parent, key: "username", needs: "hmac-auth",
			given: parse(`{"username":"hmac","secret":"s","tags":["a"]}`), added: owner, change: parse(`{"secret":"t"}`),
			vary:    func(n int) object { return object{"username": fmt.Sprint("hmac-", n)} },
			methods: own(consumer, hmac.Create, hmac.Update, hmac.Get, hmac.Delete, hmac.List, hmac.ListAll),
		},
	}
}
