#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/action.h"
#include "adit/error.h"
#include "adit/secret.h"
#include "adit/version.h"

#include "action/action_loop.h"
#include "action/http_contract.h"
#include "action/one_shot.h"
#include "base/secret/wiping.h"
#include "base/text/text.h"
#include "base/text/visible_text.h"
#include "crypto/start_openssl.h"
#include "system/malloc_arenas.h"

namespace adit {
namespace {

/// Moves the contract's descriptors to other numbers and makes them close-on-exec, so that neither the action, when it
/// reads stdin, nor the programs that it starts can touch them.
ActionLoop take_descriptors() {
  constexpr int kFirst = 10;
  ActionLoop loop;
  const int in = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kFirst);
  const int out = ::fcntl(loop.out, F_DUPFD_CLOEXEC, kFirst);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (in >= 0 && out >= 0 && null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::close(loop.out);
    loop.in = in;
    loop.out = out;
  }
  if (null > STDERR_FILENO) ::close(null);
  if (const char* trace = std::getenv("ADIT_TRACE_FD")) {
    const int descriptor = std::atoi(trace);
    if (descriptor > STDERR_FILENO) ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
  return loop;
}

bool is_writable(int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

int number_of(std::string_view name, std::string_view text, int least, int most) {
  int number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ptr != end || parsed.ec != std::errc() || number < least || number > most)
    throw Error::configuration("invalid_setting", cat(name, " must be a number from ", least, " to ", most, "."))
        .hint("Write it in digits: --port 8080.");
  return number;
}

/// Whether the program runs in a platform's container, which is called from outside. A platform sets `__OW_API_HOST`
/// and similar variables in each container (Apache OpenWhisk, ContainerFactory.scala).
bool is_on_platform() {
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable)
    if (std::string_view(*variable).starts_with("__OW_")) return true;
  return false;
}

/// Reads the arguments and ADIT_CONCURRENCY. Without arguments, listens at port 8080: only for this machine, but at
/// every address on a platform.
HttpContract http_contract(std::span<char*> arguments) {
  HttpContract contract;
  if (is_on_platform()) contract.host = "0.0.0.0";
  if (const char* text = std::getenv("ADIT_CONCURRENCY"); text != nullptr && *text != '\0')
    contract.concurrency = number_of("ADIT_CONCURRENCY", text, 1, 500);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    std::string_view value;
    if (const auto equals = name.find('='); equals != std::string_view::npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    }
    if (name == "--port") {
      contract.port = static_cast<std::uint16_t>(number_of(name, value, 0, 65'535));
    } else if (name == "--host") {
      if (value.empty())
        throw Error::configuration("invalid_setting", "--host needs an address.")
            .hint("127.0.0.1 allows only this machine, 0.0.0.0 allows others, too.");
      contract.host = value;
    } else if (name == "--socket") {
      if (value.empty())
        throw Error::configuration("invalid_setting", "--socket needs a path.")
            .hint("Name a file that does not exist yet, in a folder that exists.");
      contract.socket = value;
    } else if (name == "--concurrency") {
      contract.concurrency = number_of(name, value, 1, 500);
    } else {
      throw Error::configuration("invalid_setting", cat("There is no option ", name, "."))
          .hint(
              "--port N, --host ADDRESS, --socket PATH, --concurrency N; or one argument, the parameters as a JSON "
              "object.");
    }
  }
  return contract;
}

/// Returns all of stdin if something arrives there within a second, otherwise `nullopt`.
std::optional<WipedString> parameters_on_stdin() {
  struct stat status {};
  if (::fstat(STDIN_FILENO, &status) != 0 ||
      !(S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || S_ISREG(status.st_mode)))
    return std::nullopt;
  pollfd watched{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  if (::poll(&watched, 1, 1000) <= 0) return std::nullopt;
  WipedString text;
  std::array<char, 65'536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  while (true) {
    const auto count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    append_wiping(text, {chunk.data(), static_cast<std::size_t>(count)});
    wipe(chunk.data(), static_cast<std::size_t>(count));
  }
  return trim(text).empty() ? std::nullopt : std::optional(std::move(text));
}

int help(const char* name) {
  std::fprintf(
      stderr,
      "This is an App Builder action, built with adit %.*s. A platform starts it and sends it its parameters.\n"
      "  In its project, run it with:  adit invoke ACTION\n"
      "  By hand:                      %s '{}'\n"
      "  As an HTTP server:            %s --port 8080 (only for this machine; --host 0.0.0.0 allows others)\n",
      static_cast<int>(version().size()), version().data(), name, name);
  return 2;
}

/// Whether an argument is parameters: a JSON object or, in a sequence, an array.
bool is_json(std::string_view argument) {
  const auto text = trim(argument);
  return text.starts_with('{') || text.starts_with('[');
}

/// Finds out which contract the program was started with, and serves that.
int serve_detected_contract(const Handler& handler, std::span<char*> arguments, const char* name) {
  if (arguments.size() == 1 && is_json(arguments[0]) && !is_writable(3))
    return serve_one_shot(handler, {arguments[0], std::strlen(arguments[0])});
  if (arguments.empty() || is_json(arguments[0])) {
    const bool wait_for_ack = std::getenv("__OW_WAIT_FOR_ACK") != nullptr;
    if (is_writable(3)) {
      auto loop = take_descriptors();
      loop.acknowledge = wait_for_ack;
      return serve_action_loop(handler, loop);
    }
    if (::isatty(STDIN_FILENO) == 1) return help(name);
    if (auto params = parameters_on_stdin()) return serve_one_shot(handler, *params);
  }
  // The platform may also have offered ActionLoop. Hide that from programs that the action starts.
  ::unsetenv("__OW_WAIT_FOR_ACK");
  if (is_writable(3)) ::fcntl(3, F_SETFD, FD_CLOEXEC);
  return serve_http(handler, http_contract(arguments));
}

}  // namespace

int serve_action(const Handler& handler, int argc, char** argv) {
  // A write to a platform that has ended must fail, not end the process. A handler instead of SIG_IGN, so that programs
  // that the action starts have the default action.
  struct sigaction quiet {};
  quiet.sa_handler = [](int) {};
  quiet.sa_flags = SA_RESTART;
  ::sigaction(SIGPIPE, &quiet, nullptr);

  start_openssl();
  limit_malloc_arenas();

  const std::span all(argv, static_cast<std::size_t>(std::max(argc, 0)));
  const char* name = all.empty() ? "action" : all[0];
  try {
    return serve_detected_contract(handler, all.empty() ? all : all.subspan(1), name);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s: %s\n", name, visible(error.to_string()).c_str());
    return error.is_configuration() ? 2 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, visible(error.what()).c_str());
    return 1;
  }
}

}  // namespace adit
