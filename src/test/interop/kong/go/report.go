package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
)

// row is the result of one case. check.py counts the rows of a group.
type row struct {
	Group   string `json:"group"`
	Case    string `json:"case"`
	Failure string `json:"failure,omitempty"`
	// Needs names a plugin that the gateway does not have, so that the case did not run.
	Needs string `json:"needs,omitempty"`
}

var output = json.NewEncoder(os.Stdout)

func report(group, name string, err error) {
	result := row{Group: group, Case: name}
	if err != nil {
		result.Failure = err.Error()
	}
	if encodeErr := output.Encode(result); encodeErr != nil {
		panic(encodeErr)
	}
}

func reportNeed(group, name, plugin string) {
	if err := output.Encode(row{Group: group, Case: name, Needs: plugin}); err != nil {
		panic(err)
	}
}

// object is a JSON object.
type object = map[string]any

func parse(text string) object {
	var parsed object
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		panic(fmt.Sprintf("%v in %s", err, text))
	}
	return parsed
}

// convert encodes one value and decodes it as another type, as a client does.
func convert[T any](value any) (T, error) {
	var converted T
	encoded, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(encoded, &converted)
	}
	return converted, err
}

// plain is the JSON object of a value without its null members, because a client reads null and absent alike.
func plain(value any) (object, error) {
	converted, err := convert[object](value)
	if err != nil {
		return nil, err
	}
	return withoutNulls(converted).(object), nil
}

func withoutNulls(value any) any {
	switch typed := value.(type) {
	case object:
		kept := object{}
		for name, member := range typed {
			if member != nil {
				kept[name] = withoutNulls(member)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(typed))
		for i, element := range typed {
			kept[i] = withoutNulls(element)
		}
		return kept
	default:
		return value
	}
}

// decodable is the object without empty lists, because the client's structs have none.
func decodable(given object) object {
	kept := object{}
	for name, member := range given {
		if elements, isList := member.([]any); !isList || len(elements) > 0 {
			kept[name] = member
		}
	}
	return kept
}

// merged adds members to an object; nested objects are merged, too.
func merged(base, more object) object {
	all := object{}
	for name, member := range base {
		all[name] = member
	}
	for name, member := range more {
		old, isOld := all[name].(object)
		next, isNext := member.(object)
		if isOld && isNext {
			all[name] = merged(old, next)
		} else {
			all[name] = member
		}
	}
	return all
}

// without is the object without some members.
func without(base object, names ...string) object {
	rest := merged(object{}, base)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// same compares two objects and names each member that differs.
func same(wanted, found object) error {
	names := map[string]bool{}
	for name := range wanted {
		names[name] = true
	}
	for name := range found {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	var differences []string
	for _, name := range sorted {
		if !reflect.DeepEqual(wanted[name], found[name]) {
			differences = append(differences, fmt.Sprintf("%s is %s, expected %s", name, text(found[name]), text(wanted[name])))
		}
	}
	if len(differences) > 0 {
		return fmt.Errorf("%v", differences)
	}
	return nil
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	if len(encoded) > 120 {
		return string(encoded[:120]) + "..."
	}
	return string(encoded)
}
