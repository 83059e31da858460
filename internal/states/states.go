// Package states is the wire format of the Amazon States Language: it reads a
// definition, checks it, tells what variables it refers to, and writes it.
//
//   - [Parse] and [ParseJSON] turn text into a [Machine], a tree of plain
//     structs whose nodes know where they stand in the text. Syntax is all
//     they judge; what they cannot place is left out of the tree and found
//     again by Check.
//   - [Check] gives every diagnostic of a definition at once, with the codes,
//     messages and locations of AWS Step Functions. [Lint] gives, apart from
//     those, what AWS accepts but hardly anybody means.
//   - [VariableReferences] lists the workflow variables that each state reads.
//   - [Write] writes a Machine, one built by hand included, as JSON.
//
// Nothing else in the library knows how the language is spelled.
package states

// MaxText is the longest definition, in bytes, that is read. AWS takes
// 1,048,576 bytes; there is room here for definitions that stay in process.
const MaxText = 16 << 20

// MaxYAML is the longest definition in YAML, in bytes, that is read: the time
// that parsing takes grows with the square of a mapping's size.
const MaxYAML = 256 << 10

// MaxNodes is how many JSON values a YAML text may amount to once its aliases
// are resolved; a text that doubles itself ends here.
const MaxNodes = 1 << 18
