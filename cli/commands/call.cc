#include <cerrno>
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/api_client.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/log.h"
#include "cli/command_line/command.h"
#include "cli/commands/call_body.h"
#include "cli/project/aem_call.h"
#include "cli/project/project_token.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "base/descriptor.h"
#include "base/open_file.h"
#include "base/system_reason.h"
#include "base/text/duration.h"
#include "base/text/text.h"
#include "system/files/resolve_for_writing.h"
#include "system/files/staged_file.h"

namespace adit::cli {
namespace {

struct CallRequest {
  ProjectOptions options;
  std::string url;
  std::string method;
  std::vector<std::string> headers;
  CallBody body;
  /// Send the body as the URL's query.
  bool get = false;
  bool head = false;
  std::vector<std::string> hosts;
  std::string output;
  std::optional<std::string> max_time;
  bool include = false;
  bool silent = false;
  /// Set by options of curl that request what adit always does.
  bool ignored = false;
  int retries = 3;
};

Error wrong(std::string message, std::string hint) {
  return Error::configuration("invalid_option", std::move(message)).hint(std::move(hint));
}

bool interrupted() { return Interrupts::signal() != 0; }

/// Returns the status line and headers as `-i` shows them. The version of the protocol is not known here.
std::string head_of(int status, const http::Headers& headers) {
  std::string text = cat("HTTP ", status, '\n');
  for (const auto& [name, value] : headers) text += cat(name, ": ", value, '\n');
  return text + '\n';
}

/// Writes the body to the terminal, with control characters made visible.
class TerminalSink : public http::BodySink {
 public:
  bool open(int /*status*/, const http::Headers& /*headers*/) override { return true; }
  void write(std::string_view bytes) override {
    if (interrupted()) throw Error::failure("cancelled", "The call was interrupted.");
    std::cout << bytes << std::flush;
  }
};

/// Writes to stdout, or to a file that gets its name only when it is complete, so that a failed transfer does not
/// damage an older file.
class Output : public http::BodySink {
 public:
  Output(std::string path, bool include) : path_(path == "-" ? std::string() : std::move(path)), include_(include) {}

  bool open(int status, const http::Headers& headers) override {
    if (status < 200 || status > 299) return false;
    begin();
    const auto took = sink_->open(status, headers);
    if (include_) sink_->write(head_of(status, headers));
    return took;
  }
  void write(std::string_view bytes) override { sink_->write(bytes); }

  /// Prints the body of an error response on stdout, because it is the API's message.
  void error_body(const http::Response& response) const {
    if (include_) data_out() << head_of(response.status(), response.headers());
    data_out() << response.body();
    if (is_terminal(Stream::out) && !response.body().ends_with('\n')) data_out() << '\n';
  }
  /// Renames the complete file to its final name.
  void finish() {
    if (staged_ && !staged_->put()) throw unwritable();
  }

 private:
  Error unwritable() {
    const std::string reason = system_reason();
    return Error::failure("file_unwritable", cat(path_, " cannot be written: ", reason, '.'))
        .hint("Name another file with -o.");
  }
  void begin() {
    if (sink_) return;
    if (path_.empty()) {
      std::cout.flush();
      sink_ = is_terminal(Stream::out) ? std::make_unique<TerminalSink>()
                                       : http::sink_to_descriptor(STDOUT_FILENO, "stdout", interrupted);
      return;
    }
    const auto target = resolve_for_writing(path_);
    struct stat status {};
    const bool special = ::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
    if (special && may_be_a_pipe(path_)) {  // /dev/null, a shell's >(…)
      special_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    } else if (special) {
      errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    } else {
      path_ = target;  // the target of a symbolic link, so that the link stays
      staged_.emplace(path_, 0666);
    }
    const int descriptor = staged_ ? staged_->descriptor() : special_.get();
    if (descriptor < 0) throw unwritable();
    sink_ = http::sink_to_descriptor(descriptor, path_, interrupted);
  }

  std::string path_;
  bool include_;
  std::optional<StagedFile> staged_;
  Descriptor special_;
  std::unique_ptr<http::BodySink> sink_;
};

struct GivenHeader {
  std::string name;
  /// Without a value the header is not sent.
  std::optional<std::string> value;
};

/// Parses a header as curl's -H does: `Name: value`; `Name:` removes a default header, `Name;` sends an empty one.
GivenHeader header_of(const std::string& text) {
  const auto colon = text.find(':');
  const auto name = trim(std::string_view(text).substr(0, colon));
  if (colon == std::string::npos && name.size() > 1 && name.ends_with(';'))
    return {std::string(trim(name.substr(0, name.size() - 1))), ""};
  if (colon == std::string::npos || name.empty())
    throw wrong(cat("-H: ", described(text), " is not a header."),
                "Write -H 'Name: value', 'Name:' to leave it out, or 'Name;' to send it empty.");
  const auto value = trim(std::string_view(text).substr(colon + 1));
  return {std::string(name), value.empty() ? std::nullopt : std::optional<std::string>(value)};
}

/// Adds the headers. Of several with the same name, all that have a value are sent.
http::Request with_headers(http::Request request, const CallRequest& call) {
  std::vector<std::string> ours = {"Content-Type"};  // replaced, not added to that of the body
  if (!call.body.json.empty()) ours.emplace_back("Accept");
  for (const auto& text : call.headers) {
    auto header = header_of(text);
    auto& name = header.name;
    auto& value = header.value;
    const bool replaces = std::erase_if(ours, [&](const auto& other) { return equals_ignoring_case(other, name); }) > 0;
    if (!value) {
      request.without(std::move(name));
    } else if (replaces) {
      request.header(std::move(name), *std::move(value));
    } else {
      request.further_header(std::move(name), *std::move(value));
    }
  }
  return request;
}

http::Request request_of(const CallRequest& call) {
  const bool has_body = !call.body.empty() && !call.get;
  auto method = !call.method.empty() ? call.method : std::string(call.head ? "HEAD" : has_body ? "POST" : "GET");
  for (const char c : method) {
    if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-')
      throw wrong(cat("-X: ", described(call.method), " is not a method."), "Write -X PUT, for instance.");
  }
  if (has_body && equals_ignoring_case(method, "HEAD"))
    throw wrong("A HEAD request (-I) takes no body.", "Give -G to send the data in the URL's query, or leave out -I.");
  http::Request request(std::move(method), call.get ? with_query(call.url, call.body) : call.url);
  if (call.max_time) {
    const auto limit = parse_duration(*call.max_time);
    if (!limit || limit->count() <= 0)
      throw wrong(cat("--max-time: ", described(*call.max_time), " is not a duration."),
                  "Write seconds (600), or 90s, 10m, 2h.");
    request.timeout(*limit);
  }
  if (has_body) request = with_body(std::move(request), call.body);
  return with_headers(std::move(request), call);
}

std::string size_of(std::uint64_t bytes) {
  if (bytes < 10'000) return cat(bytes, " B");
  if (bytes < 10'000'000) return cat(bytes / 1000, " kB");
  return cat(bytes / 1'000'000, " MB");
}

std::string detail_of(const http::Progress& progress) {
  const auto part = [](std::string_view word, std::uint64_t done, const std::optional<std::uint64_t>& whole) {
    return done == 0 ? std::string() : cat(word, ' ', size_of(done), whole ? cat(" of ", size_of(*whole)) : "", ' ');
  };
  return cat(part("sent", progress.sent, progress.to_send), part("received", progress.received, progress.to_receive));
}

Error cancelled() { return Error::failure("cancelled", "The call was interrupted."); }

/// Sleeps; Ctrl-C ends it.
void sleep_unless_interrupted(std::chrono::milliseconds wait) {
  if (!Interrupts::sleep(wait)) throw cancelled();
}

api::ApiHosts hosts_of(const CallRequest& call, const Environment& environment, const http::Endpoints& routes) {
  auto hosts = api::ApiHosts::from_environment(environment, routes);
  for (const auto& pattern : call.hosts) hosts.add(pattern);
  return hosts;
}

struct Received {
  http::Response response;
  /// The request as sent, if the host gets credentials.
  std::optional<http::Request> authorized;
};

/// Returns the origin of a credential in the URL or the headers of the command line.
std::optional<SettingOrigin> secret_in(const http::Request& request) {
  const auto origin = [](std::string name) {
    return SettingOrigin{std::move(name), SettingSource::command_line, {"the command line", 0, 0}};
  };
  if (!http::split_url(request.url()).userinfo.empty()) return origin("the URL's password");
  for (const auto& [name, value] : request.headers())
    if (http::is_credential(name, value)) return origin(cat("the header ", name));
  return std::nullopt;
}

Received send(const CallRequest& call, http::Request request, const http::Streaming& streaming) {
  const auto environment = call.options.settings().environment;
  // A streamed body has no total time limit while bytes arrive, unless the user sets one.
  const auto limit = environment.seconds("ADIT_TIMEOUT");
  if (!call.max_time && limit) request.timeout(*limit);
  ProjectSession session(call.options, environment);
  ApiClientOptions options;
  options.hosts = hosts_of(call, environment, session.opened().endpoints);
  options.max_retries = call.retries;
  options.sleep = sleep_unless_interrupted;
  options.on_retry = [](const http::Response& because, std::chrono::milliseconds wait) {
    std::ostringstream seconds;
    seconds << static_cast<double>(wait.count()) / 1000;
    note(cat("the API answered ", because.status(), "; trying again in ", seconds.str(), " s"));
  };
  const AemCall aem(call.options, environment, call.url);
  aem.add_hosts(options.hosts);
  auto& client = session.transport();
  const bool is_routed = session.opened().endpoints.apply(call.url) != call.url;
  if (const auto secret = secret_in(request); secret && is_routed) session.opened().refuse_untrusted(*secret);
  // Hosts that must not get credentials need none, so they are not even read.
  if (!options.hosts.contains(call.url)) {
    const Interrupts interrupts;
    const auto why = aem.why_no_token();
    note(why.empty() ? "no token is sent to this host; --api-host and ADIT_API_HOSTS name the hosts that get one"
                     : why);
    return {client.stream(request, streaming), std::nullopt};
  }
  if (const auto token = aem.local_token(Clock::system())) {
    const Interrupts interrupts;
    const auto secret = *environment.origin_of("AEM_ACCESS_TOKEN");
    session.refuse_untrusted_host(secret, call.url, call.hosts);
    if (is_routed) session.opened().refuse_untrusted(secret);
    if (!request.sets_or_omits("authorization")) request.bearer(*token);
    return {client.stream(request, streaming), std::move(request)};
  }
  const auto credentials =
      aem.is_own() ? Credentials::from_environment(environment, Grant::jwt) : call.options.credentials(environment);
  aem.refuse_untrusted(credentials, call.hosts);
  if (!aem.is_own()) session.refuse_untrusted_host(credentials, call.url, call.hosts);
  auto source = session.source(credentials);
  // The exchange with IMS does not check the flag of Interrupts; until it is done, a signal ends the process.
  std::optional<Interrupts> interrupts;
  options.get_token = [&interrupts](TokenSource& asked) {
    if (interrupts && interrupted()) throw cancelled();
    interrupts.reset();
    auto token = asked.get();
    interrupts.emplace();
    return token;
  };
  if (!request.sets_or_omits("authorization")) static_cast<void>(options.get_token(source));
  if (!interrupts) interrupts.emplace();
  ApiClient api(std::move(source), credentials.client_id(), credentials.org_id(), client, std::move(options));
  return {api.stream(request, streaming), std::move(request)};
}

void run_call(const CallRequest& call) {
  if (call.silent) {
    auto silent = common_options();
    silent.quiet = true;
    set_common_options(silent);
    set_log_level(LogLevel::error);
  }
  const auto shown = http::split_url(call.url).shown();
  const auto request = request_of(call);
  Output output(call.output, call.include || call.head);
  Received received;
  {
    ProgressLine line(cat(request.method(), ' ', shown));
    received = send(call, request,
                    {.sink = &output,
                     .progress = [&line](const http::Progress& progress) { line.tick(detail_of(progress)); },
                     .stop = interrupted});
  }
  const auto& response = received.response;
  if (response.ok()) {
    output.finish();
    return;
  }
  output.error_body(response);
  const auto* sent = received.authorized ? &*received.authorized : nullptr;
  const auto error = api_error(response, Clock::system().wall_now(), sent);
  print_error(error.to_string());
  exit_code() = 1;
}

}  // namespace

void add_call(Command program) {
  auto command = program.add_command(
      "call", "Send a request to an API; for Adobe's hosts, add the token, API key and organisation");
  const auto call = std::make_shared<CallRequest>();
  command.add_option("URL", call->url, "http or https").required();
  command.add_option("-X,--request", call->method, "The method; default: GET, or POST with -d").type_name("METHOD");
  command
      .add_option(
          "-H,--header", call->headers,
          "A header; it replaces the one that adit would add. 'NAME:' sends no such header, 'NAME;' sends it empty. May be repeated")
      .type_name("'NAME: VALUE'")
      .repeatable();
  add_body_options(command, call->body);
  command.add_flag("-G,--get", call->get, "Send the data as the URL's query, with GET");
  command.add_flag("-I,--head", call->head, "Send HEAD, and print status and headers");
  command.add_option("-o,--output", call->output, "Write the response body to this file when it is complete")
      .type_name("FILE");
  command.add_flag("-i,--include", call->include, "Print status and headers before the body");
  command.add_option("--retry", call->retries, "How many times to repeat the request after 429 and 503 (3)")
      .type_name("N")
      .in_range(0, 100);
  command.add_option("-m,--max-time", call->max_time, "The time limit for each request: seconds, or 90s, 10m")
      .type_name("TIME");
  command
      .add_option("--api-host", call->hosts,
                  "Another host that may receive the token: api.example.com, *.example.com, http://127.0.0.1:PORT")
      .type_name("HOST")
      .repeatable();
  command.add_flag("-s,--silent", call->silent, "The same as --quiet");
  command.add_flag(
      "-L,--location,-S,--show-error,--compressed", call->ignored,
      "Accepted for compatibility with curl: adit always follows redirects of GET and HEAD, shows errors, and unpacks bodies");
  call->options.add_to(command);
  command.run([call] { run_call(*call); });
}

}  // namespace adit::cli
