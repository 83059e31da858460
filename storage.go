package flow

import "github.com/flowstone-go/flow/internal/asl"

// Storage is a store of objects like Amazon S3, from which distributed Maps
// read their items and to which they write their results.
type Storage = asl.Storage

// StoredObject is an entry of a listing of [Storage].
type StoredObject = asl.Object

// Store gives the readers and writers of a parsed flow their storage.
func Store(s Storage) Option { return option(func(set *settings) { set.storage = s }) }
