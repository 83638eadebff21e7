// The time of parsers of untrusted bytes by size, for the worst known shapes of text for each parser. `ns_per_byte`
// should be the same from 10 KB to 1 MB. `growth` is its ratio to the value at the previous size: 1 means linear time,
// 10 means quadratic time. A parser that refuses a text at once becomes cheaper per byte with the size.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <time.h>

#include "adit/action.h"
#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/signing_key.h"

#include "app/sources/script_reader.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/long_text_fixture.h"
#include "base/text/text.h"
#include "bench/foreign_readers.h"
#include "config/dotenv_edit.h"
#include "config/hjson.h"
#include "dev/web/media_type.h"
#include "dev/web/path.h"
#include "http/http_date.h"
#include "token/store/redis_address.h"

namespace {

using adit::cat;
using adit::repeated;
using Make = std::function<std::string(std::size_t)>;
using Read = void (*)(const std::string&);

struct Reader {
  std::string name;
  Read read;
  std::vector<std::pair<std::string, Make>> shapes;
};

/// Makes `before`, then `piece` as often as it fits, then `after`.
Make of(std::string piece, std::string before = "", std::string after = "") {
  return [=](std::size_t size) { return cat(before, repeated(piece, size - before.size() - after.size()), after); };
}

/// Makes lines with consecutive numbers.
Make numbered(std::string before, std::string after, std::string first = "") {
  return [=](std::size_t size) {
    std::string text = first;
    for (int number = 0; text.size() < size; ++number) text += cat(before, number, after);
    return text;
  };
}

Make base64_of(const Make& make) {
  return [make](std::size_t size) { return adit::base64url_encode(make(size * 3 / 4)); };
}

/// Makes a variable whose value has one character on each line.
Make in_lines(const Make& make) {
  return [make](std::size_t size) {
    std::string text = "A=";
    const auto all = make(size / 2);
    for (std::size_t at = 0; at < all.size(); ++at) {
      text += all[at];
      if (at >= 40) text += '\n';
    }
    return text;
  };
}

adit::http::ServerRequest form_request(const std::string& body, std::string type) {
  adit::http::ServerRequest request;
  request.headers.add("content-type", std::move(type));
  request.body = body;
  return request;
}

void read_javascript(const std::string& text) {
  (void)adit::app::read_program(text, adit::app::Language::javascript, "index.js");
}

const std::vector<Reader>& readers() {
  static const std::vector<Reader> kReaders = {
      {".env",
       [](const std::string& text) { (void)adit::EnvFile::parse(text, ".env"); },
       {{"keys", numbered("KEY", "=value\n")},
        {"quotes", of("A='\\'\n")},
        {"wrapped key", in_lines(of("ICAg", "LS0tLS1CRUdJTiBYLS0tLS0KLS0tLS1FTkQgWC0tLS0t"))},
        {"blank lines", of("\n", "A")}}},
      {".env, edited",
       [](const std::string& text) {
         adit::DotenvText edited(text);
         (void)edited.keys();
         edited.remove("KEY");
       },
       {{"one key", of("KEY=value\r\n")}, {"keys", numbered("KEY", "=value\n")}}},
      {"JSON",
       [](const std::string& text) { (void)adit::try_parse_json(text, {.refuse_duplicates = true}); },
       {{"list", of("1,", "[", "1]")}, {"members", numbered("\"", "\":1,", "{")}, {"nested", of("[")}}},
      {"Hjson",
       [](const std::string& text) { (void)adit::parse_hjson(text, "The text"); },
       {{"list on a line", of("1,", "[", "]")},
        {"texts on a line", of("'''''',", "[", "]")},
        {"number and commas",
         [](std::size_t size) { return cat("[", repeated("1", size / 2), "x", repeated(",", size / 2), "\n]"); }},
        {"nested", of("{a:")}}},
      {"YAML",
       [](const std::string& text) { (void)adit::app::parse_yaml(text, nullptr); },
       {{"map", numbered("k", ": v\n")},
        {"long line, not ASCII", of("a,", "\xC3\xA9: [", "]")},
        {"tags", of("!,", "[", "]")},
        {"aliases", of("*a,", "[&a x,", "]")},
        {"brackets behind a quote", of("[", "a: |\n  '\nb: ")},
        {"one scalar", of("a\n ", "a: ")}}},
      {"JavaScript",
       read_javascript,
       {{"casts", of("(a as ")},
        {"lists", of("checkMissingRequestInputs(params, b);", "const b = ['A', ...b];")},
        {"destructuring", of("{A,} = params; ")},
        {"aliases",
         [](std::size_t size) {
           std::string text = "n0 = params\n";
           for (auto number = size / 20; number > 0; --number) text += cat("n", number, " = n", number - 1, "\n");
           return text;
         }},
        {"templates", of("`${")}}},
      {"C++",
       [](const std::string& text) { (void)adit::app::read_program(text, adit::app::Language::cpp, "action.cc"); },
       {{"raw texts", of("R\"")}, {"arguments", of("params.get<")}}},
      {"private key",
       [](const std::string& text) { (void)adit::read_private_key(adit::Secret(text), {}, "KEY"); },
       {{"backslashes", of("\\", "-----BEGIN PRIVATE KEY-----")},
        {"PEM blocks", of("-----BEGIN X-----A-----END X-----")},
        {"quotes", of("\"")}}},
      {"scopes", [](const std::string& text) { (void)adit::parse_scopes(text); }, {{"many", numbered("s", ",")}}},
      {"jwt decode",
       [](const std::string& text) { (void)adit::jwt::decode(text); },
       {{"nested", base64_of(of("[", "{\"a\":"))},
        {"cut list", base64_of(of("[1],", "{\"a\":["))},
        {"dots", of(".")},
        {"quotes", of("\"")}}},
      {"JWS",
       [](const std::string& text) { (void)adit::jwt::parse_json_jws(text); },
       {{"signatures",
         [](std::size_t size) {
           return cat(R"({"payload":")", repeated("A", size / 2), R"(","signatures":[{})", repeated(",{}", size / 2),
                      "]}");
         }}}},
      {"JWKS",
       [](const std::string& text) { (void)adit::jwt::Jwks::parse(text); },
       {{"keys", of(",{}", "{\"keys\":[{}", "]}")}}},
      {"form",
       [](const std::string& text) {
         (void)adit::http::parse_form(form_request(text, "application/x-www-form-urlencoded"));
       },
       {{"separators", of("&")}, {"escapes", of("%41", "a=")}}},
      {"multipart",
       [](const std::string& text) {
         (void)adit::http::parse_form(form_request(text, "multipart/form-data; boundary=\"--------------a\""));
       },
       {{"almost boundaries", of("\r\n---------------")},
        {"header lines", of("a: b\r\n", "----------------a\r\n", "\r\n\r\n----------------a--")}}},
      {"media type",
       [](const std::string& text) { (void)adit::dev::MediaType::parse(text); },
       {{"parameters", of(";a=b", "text/html")}, {"quoted", of("\\\"", "text/html;a=\"")}}},
      {"web path",
       [](const std::string& text) { (void)adit::dev::parse_web_path(text); },
       {{"escapes", of("%41", "p/")}, {"slashes", of("/", "p/a")}}},
      {"ADIT_ENDPOINTS",
       [](const std::string& text) { (void)adit::http::Endpoints::parse(text); },
       {{"routes", numbered("http://h", "=http://h,")}}},
      {"Redis address",
       [](const std::string& text) { (void)adit::token::RedisAddress::parse(text); },
       {{"escapes", of("%41", "redis://:")}, {"fields", of("db=1&", "redis://h?")}}},
      {"string_parameters",
       [](const std::string& text) {
         (void)adit::string_parameters({{"a", text}, {"__ow_body", text}});
       },
       {{"JWS beginnings", of("eyJ")}, {"letters", of("a")}}},
      {"HTTP date",
       [](const std::string& text) { (void)adit::http::parse_http_date(text, {}); },
       {{"blanks", of(" ")}, {"digits", of("1", "Sun, 06 Nov ")}, {"names of days", of("Sunday, ")}}},
      {"Console file",
       adit::bench::read_console,
       {{"members", numbered("\"", "\":1,", "{")},
        {"credentials",
         of(R"({"id":"1","name":"c","integration_type":"oauth_server_to_server","oauth_server_to_server":{}},)",
            R"({"project":{"workspace":{"details":{"credentials":[)", "{}]}}}}")},
        {".aio", of("a.b=1\n")},
        {"secrets", of("\"p8e-x\",", R"({"CLIENT_ID":"c","CLIENT_SECRETS":[)", "\"x\"]}")}}},
      {"zip",
       adit::bench::read_archive,
       {{"one file", [](std::size_t size) { return adit::bench::archive_of(1, size); }},
        {"many files", [](std::size_t size) { return adit::bench::archive_of(size / 100, 0); }},
        {"headers", of("PK\3\4")},
        {"empty archives", of(std::string("PK\5\6") + std::string(18, '\0'))}}},
      {"stored record",
       adit::bench::read_stored_record,
       {{"digits", of("1", "adit record 1 ")}, {"lines", of("\n", "adit record 1 ")}, {"blanks", of(" ")}}},
      {"certificate",
       [](const std::string& text) {
         const auto certificate = adit::jwt::Certificate::read(text);
         (void)certificate.names();
       },
       {{"names", [](std::size_t size) { return adit::bench::certificate_of(size); }},
        {"PEM blocks", of("-----BEGIN X-----\nAAAA\n-----END X-----\n")},
        {"nested DER", of("\x30\x84\x7f\xff\xff\xff")}}},
      {"/init",
       adit::bench::read_init,
       {{"variables", numbered("\"K", "\":1,", R"({"value":{"env":{)")},
        {"variables, complete",
         [](std::size_t size) {
           std::string text = R"({"value":{"env":{"K":"1")";
           for (int number = 0; text.size() < size; ++number) text += cat(",\"K", number, "\":\"v\"");
           return text + "}}}";
         }}}},
      {"/run",
       adit::bench::read_run,
       {{"parameters",
         [](std::size_t size) {
           std::string text = R"({"value":{"k":1)";
           for (int number = 0; text.size() < size; ++number) text += cat(",\"k", number, "\":1");
           return text + "}}";
         }},
        {"one text", of("a", R"({"value":{"k":")", "\"}}")},
        {"lists", of("[],", R"({"value":{"k":[)", "1]}}")}}},
      {"ActionLoop",
       adit::bench::read_action_loop,
       {{"line ends", of("\n")},
        {"lines that are not JSON", of("x\n")},
        {"activations", of("{\"value\":{}}\n")},
        {"one line", of("a", R"({"value":{"k":")", "\"}}\n")},
        {"no line end", of("a")}}},
  };
  return kReaders;
}

/// Returns the processor time of all threads of this program, because wall-clock time depends on other programs.
double processor_time_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// The measured cost of each shape and size.
std::map<std::pair<std::string, std::int64_t>, double>& known_costs() {
  static std::map<std::pair<std::string, std::int64_t>, double> costs;
  return costs;
}

void read_text(benchmark::State& state, const std::string& name, Read read, const Make& make) {
  const auto text = make(static_cast<std::size_t>(state.range(0)));
  double spent = 0;
  for ([[maybe_unused]] auto step : state) {
    const double begin = processor_time_ns();
    try {
      read(text);
    } catch (const adit::Error& error) {
      state.SetLabel(error.code());
    }
    const double took = processor_time_ns() - begin;
    spent += took;
    state.SetIterationTime(took / 1e9);
  }
  const double cost = spent / static_cast<double>(state.iterations()) / static_cast<double>(text.size());
  const auto known = known_costs().find({name, state.range(0) / 10});
  state.counters["ns_per_byte"] = cost;
  if (known != known_costs().end()) state.counters["growth"] = cost / known->second;
  known_costs()[{name, state.range(0)}] = cost;
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto& reader : readers()) {
    for (const auto& [shape, make] : reader.shapes) {
      const auto name = cat(reader.name, ": ", shape);
      benchmark::RegisterBenchmark(name.c_str(), read_text, name, reader.read, make)
          ->Arg(10'000)
          ->Arg(100'000)
          ->Arg(1'000'000)
          ->UseManualTime()
          ->MinTime(0.05)
          ->Unit(benchmark::kMicrosecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
