# Compiles Parse.cs with mono's compiler, beside a copy of the library, and runs it.
set -e
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cp "$1" "$directory"
mcs -out:"$directory/parse.exe" -r:"$directory/Newtonsoft.Json.dll" Parse.cs
mono "$directory/parse.exe"
