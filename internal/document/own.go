package document

import (
	"encoding/json"
	"fmt"
)

// asked calls a method of a user's type that writes or reads JSON. It may be
// called wherever a document is looked at, also where no call of the user's is
// under way, so that a panic there is an error of the value.
func asked(of any, method func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%T can't be asked for its JSON: panic: %v", of, p)
		}
	}()
	return method()
}

// marshal is json.Marshal, by asked.
func marshal(v any) (data []byte, err error) {
	err = asked(v, func() (err error) {
		data, err = json.Marshal(v)
		return err
	})
	return data, err
}
