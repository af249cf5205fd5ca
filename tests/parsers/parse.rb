# Ruby's JSON, also with everything that it can be told to allow.
require "json"
require "base64"
STDIN.each_line(chomp: true) do |line|
  text = Base64.strict_decode64(line).force_encoding("UTF-8")
  value = [{}, { allow_nan: true, max_nesting: false }].lazy.map { |options|
    begin
      [JSON.parse(text, **options)]
    rescue StandardError
      nil
    end
  }.find { |found| found }
  puts(value ? JSON.generate(value[0], allow_nan: true, max_nesting: false) : "!") rescue puts("!")
end
