package main

import (
	"context"

	"github.com/kong/go-kong/kong"
)

// methods are go-kong's methods of one type of entity, with JSON objects in place of its structs.
type methods struct {
	create  func(object) (object, error)
	get     func(string) (object, error)
	update  func(object) (object, error)
	remove  func(string) error
	list    func(*kong.ListOpt) ([]object, *kong.ListOpt, error)
	listAll func() ([]object, error)
}

type (
	write[T any]   func(context.Context, *T) (*T, error)
	read[T any]    func(context.Context, *string) (*T, error)
	remove         func(context.Context, *string) error
	list[T any]    func(context.Context, *kong.ListOpt) ([]*T, *kong.ListOpt, error)
	listAll[T any] func(context.Context) ([]*T, error)
)

func adapt[T any](create write[T], get read[T], update write[T], remove remove, page list[T], all listAll[T]) methods {
	ctx := context.Background()
	writer := func(call write[T]) func(object) (object, error) {
		return func(given object) (object, error) {
			entity, err := convert[T](given)
			if err != nil {
				return nil, err
			}
			written, err := call(ctx, &entity)
			if err != nil {
				return nil, err
			}
			return plain(written)
		}
	}
	adapted := methods{
		create: writer(create),
		update: writer(update),
		remove: func(id string) error { return remove(ctx, &id) },
		list: func(opt *kong.ListOpt) ([]object, *kong.ListOpt, error) {
			found, next, err := page(ctx, opt)
			if err != nil {
				return nil, nil, err
			}
			objects, err := plainAll(found)
			return objects, next, err
		},
		listAll: func() ([]object, error) {
			found, err := all(ctx)
			if err != nil {
				return nil, err
			}
			return plainAll(found)
		},
	}
	if get != nil {
		adapted.get = func(id string) (object, error) {
			found, err := get(ctx, &id)
			if err != nil {
				return nil, err
			}
			return plain(found)
		}
	}
	return adapted
}

func plainAll[T any](entities []*T) ([]object, error) {
	objects := make([]object, 0, len(entities))
	for _, entity := range entities {
		converted, err := plain(entity)
		if err != nil {
			return nil, err
		}
		objects = append(objects, converted)
	}
	return objects, nil
}

// kind describes one type of entity and the cases that run with it.
type kind struct {
	name string
	// path of the collection, and key, the member that can replace the id in a path; empty if there is none.
	path, key string
	// parent is the path of the entity that these are below; empty if there is none.
	parent string
	// given is a new entity, added what the gateway adds to it, and change what an update changes.
	given, added, change object
	// vary makes the n-th of several entities that differ in what is unique.
	vary func(n int) object
	// needs names the plugin whose entities these are; empty if they need none.
	needs string
	// hashed is the member of which the gateway stores a hash, so that no case compares it; empty if there is none.
	hashed  string
	methods methods
	errors  []mistake
}

// readable is the entity without its hashed member.
func (k kind) readable(entity object) object {
	return without(entity, k.hashed)
}

// mistake is a request that the gateway must reject.
type mistake struct {
	name    string
	given   object
	code    int
	message string
	// body is what the error has beside its message.
	body object
}

// collection is the path of the collection, below the parent if there is one.
func (k kind) collection() string {
	return k.parent + k.path
}
