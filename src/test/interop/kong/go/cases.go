package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
	"github.com/kong/go-kong/kong"
)

// server are the members that the gateway sets and whose values it alone determines.
var server = []string{"id", "created_at", "updated_at"}

// raw sends a request as go-kong does and returns the whole response body, so that members unknown to its structs are seen.
func raw(client *kong.Client, method, path string, body any) (object, error) {
	request, err := client.NewRequest(method, path, nil, body)
	if err != nil {
		return nil, err
	}
	var found object
	if _, err = client.Do(context.Background(), request, &found); err != nil {
		return nil, err
	}
	return withoutNulls(found).(object), nil
}

// rejection is the body of the last error response, which the client reduces to its message.
var rejection []byte

type recorder struct{}

func (recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		rejection, err = io.ReadAll(response.Body)
		response.Body = io.NopCloser(bytes.NewReader(rejection))
	}
	return response, err
}

// run runs the cases of one type of entity on an empty gateway.
func (k kind) run(client *kong.Client) {
	group := k.name
	created, err := k.methods.create(k.given)
	report(group, "create", err)
	if err != nil {
		return
	}
	id, _ := created["id"].(string)
	complete := k.readable(merged(k.given, k.added))
	whole, err := raw(client, http.MethodGet, k.collection()+"/"+id, nil)
	if err == nil {
		err = same(complete, without(k.readable(whole), server...))
	}
	report(group, "create sets each member", err)
	report(group, "the client decodes each member", same(without(decodable(whole), "updated_at"), without(created, "updated_at")))
	if k.methods.get != nil {
		k.get(created, id)
	}
	k.lists(created, id)
	k.updates(client, complete, id)
	k.upserts(client, complete)
	for _, mistake := range k.errors {
		report(group, "error: "+mistake.name, mistake.check(k.methods.create))
	}
	k.pages(client)
	k.deletes(client, id)
}

func (k kind) get(created object, id string) {
	found, err := k.methods.get(id)
	if err == nil {
		err = same(created, found)
	}
	report(k.name, "get by id", err)
	if key, isText := created[k.key].(string); isText {
		found, err = k.methods.get(key)
		if err == nil {
			err = same(created, found)
		}
		report(k.name, "get by "+k.key, err)
	}
	_, err = k.methods.get(uuid.NewString())
	report(k.name, "get of an unknown id is 404", expect(err, http.StatusNotFound, "Not found"))
}

func (k kind) lists(created object, id string) {
	all, err := k.methods.listAll()
	if err == nil {
		err = fmt.Errorf("%d entities, none of them %s", len(all), id)
		for _, entity := range all {
			if entity["id"] == id {
				err = same(created, entity)
			}
		}
	}
	report(k.name, "list", err)
}

func (k kind) updates(client *kong.Client, complete object, id string) {
	changed := merged(complete, k.change)
	updated, err := k.methods.update(merged(changed, object{"id": id}))
	if err == nil {
		err = same(decodable(changed), without(k.readable(updated), server...))
	}
	report(k.name, "update", err)
	if err == nil {
		var whole object
		if whole, err = raw(client, http.MethodGet, k.collection()+"/"+id, nil); err == nil {
			err = same(changed, without(k.readable(whole), server...))
		}
		report(k.name, "an update is stored", err)
	}
}

func (k kind) upserts(client *kong.Client, complete object) {
	id := uuid.NewString()
	path := k.collection() + "/" + id
	given := merged(k.given, k.vary(1))
	found, err := raw(client, http.MethodPut, path, given)
	if err == nil {
		wanted := merged(merged(complete, k.vary(1)), object{"id": id})
		err = same(wanted, without(k.readable(found), "created_at", "updated_at"))
	}
	report(k.name, "upsert creates", err)
	// The change may contain what is unique, which another entity has by now.
	change := merged(merged(k.change, k.vary(1)), object{"tags": []any{"replaced"}})
	replaced, err := raw(client, http.MethodPut, path, merged(given, change))
	if err == nil {
		wanted := merged(merged(complete, change), object{"id": id, "created_at": found["created_at"]})
		err = same(wanted, without(k.readable(replaced), "updated_at"))
	}
	report(k.name, "upsert replaces", err)
	report(k.name, "upserted entities are deleted", k.methods.remove(id))
}

func (k kind) pages(client *kong.Client) {
	tag := uuid.NewString()
	var ids []string
	for n := 2; n <= 4; n++ {
		entity, err := k.methods.create(merged(merged(k.given, k.vary(n)), object{"tags": []any{tag, fmt.Sprint("n", n)}}))
		if err != nil {
			report(k.name, "pages", err)
			return
		}
		ids = append(ids, entity["id"].(string))
	}
	seen := map[string]bool{}
	opt := &kong.ListOpt{Size: 2, Tags: kong.StringSlice(tag)}
	requests := 0
	var err error
	for opt != nil && err == nil && requests < 5 {
		var page []object
		page, opt, err = k.methods.list(opt)
		requests++
		for _, entity := range page {
			seen[entity["id"].(string)] = true
		}
	}
	if err == nil && (len(seen) != len(ids) || requests != 2) {
		err = fmt.Errorf("%d entities in %d pages", len(seen), requests)
	}
	report(k.name, "pages", err)
	both := &kong.ListOpt{Tags: kong.StringSlice(tag, "n3"), MatchAllTags: true}
	page, _, err := k.methods.list(both)
	if err == nil && (len(page) != 1 || page[0]["id"] != ids[1]) {
		err = fmt.Errorf("%d entities", len(page))
	}
	report(k.name, "list by all of several tags", err)
	for _, id := range ids {
		if err := k.methods.remove(id); err != nil {
			report(k.name, "pages end", err)
		}
	}
}

func (k kind) deletes(client *kong.Client, id string) {
	err := k.methods.remove(id)
	if err == nil {
		_, err = raw(client, http.MethodGet, k.collection()+"/"+id, nil)
		err = expect(err, http.StatusNotFound, "Not found")
	}
	report(k.name, "delete", err)
}

func (m mistake) check(create func(object) (object, error)) error {
	_, err := create(m.given)
	if failure := expect(err, m.code, m.message); failure != nil {
		return failure
	}
	var body object
	if failure := json.Unmarshal(rejection, &body); failure != nil {
		return failure
	}
	return same(merged(m.body, object{"message": m.message}), body)
}

// expect compares an error of the client with a status and a message.
func expect(err error, code int, message string) error {
	var rejected *kong.APIError
	if !errors.As(err, &rejected) {
		return fmt.Errorf("%v, expected status %d", err, code)
	}
	if wanted := kong.NewAPIError(code, message).Error(); rejected.Error() != wanted {
		return fmt.Errorf("%v, expected %s", err, wanted)
	}
	return nil
}
