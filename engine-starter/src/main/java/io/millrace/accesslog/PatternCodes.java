package io.millrace.accesslog;

import java.util.Objects;

import io.millrace.accesslog.PatternFormat.Element;
import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * What the codes of a pattern stand for: those of Tomcat's access log, with the meaning
 * that they have there, as far as a server knows of them that is not only for servlets;
 * and {@code M} for what only Millrace tells.
 */
final class PatternCodes {

	/** All of them, for who has written another one. */
	static final String KNOWN = "%a %b %B %D %h %H %l %m %q %r %s %t %T %u %U %v %X %% %{peer}a %{NAME}c %{NAME}i "
			+ "%{c}L %{NAME}o %{remote}p %{FORMAT}t %{ns|us|ms|s|fracsec}T and %{wait|service|mode|priority|refusal|"
			+ "received}M";

	private final Masks masks;

	/**
	 * Create the codes.
	 * @param masks what is not to be written
	 */
	PatternCodes(Masks masks) {
		this.masks = masks;
	}

	/**
	 * A code without a name.
	 * @param code the code
	 * @return what it stands for, {@code null} for nothing
	 */
	@Nullable Element plain(char code) {
		return switch (code) {
			case 'a', 'h' -> client();
			// Nobody asks identd, and who has authenticated is the application's to know.
			case 'l', 'u' -> (line, exchange, completed, ended) -> line.append('-');
			case 'b' -> (line, exchange, completed, ended) -> bytes(line, exchange.responseBytes());
			case 'B' -> (line, exchange, completed, ended) -> line.append(exchange.responseBytes());
			case 'D' -> (line, exchange, completed, ended) -> line.append(nanos(exchange) / 1_000);
			case 'T' -> (line, exchange, completed, ended) -> line.append(nanos(exchange) / 1_000_000_000);
			case 'H' -> (line, exchange, completed, ended) -> text(line, exchange.protocol());
			case 'm' -> (line, exchange, completed, ended) -> text(line, exchange.method());
			case 'q' -> this::query;
			case 'r' -> this::requestLine;
			case 's' -> (line, exchange, completed, ended) -> status(line, exchange.status());
			case 't' -> new TimeElement("");
			case 'U' -> PatternCodes::path;
			case 'v' -> (line, exchange, completed, ended) -> host(line, exchange.requestHeader("Host"));
			case 'X' -> PatternCodes::connection;
			default -> null;
		};
	}

	/**
	 * A code with a name.
	 * @param name what stands in braces
	 * @param code the code
	 * @return what it stands for, {@code null} for nothing
	 * @throws IllegalArgumentException where the code is right and the name is not
	 */
	@Nullable Element named(String name, char code) {
		return switch (code) {
			case 'a' -> switch (name) {
				case "peer" -> (line, exchange, completed, ended) -> Addresses.append(line, exchange.remoteAddress(),
						this.masks.clientAddress());
				case "remote" -> client();
				default -> null;
			};
			case 'c' -> new CookieElement(name, this.masks);
			case 'i' -> (line, exchange, completed, ended) -> header(line, name, exchange.requestHeader(name));
			case 'o' -> (line, exchange, completed, ended) -> header(line, name, exchange.responseHeader(name));
			case 'L' -> name.equals("c")
					? (line, exchange, completed, ended) -> Escape.TEXT.append(line, exchange.connectionId()) : null;
			case 'p' -> name.equals("remote")
					? (line, exchange, completed, ended) -> line.append(exchange.clientAddress().getPort()) : null;
			case 't' -> new TimeElement(name);
			case 'T' -> took(name);
			case 'M' -> own(name);
			default -> null;
		};
	}

	private static @Nullable Element took(String unit) {
		return switch (unit) {
			case "ns" -> (line, exchange, completed, ended) -> line.append(nanos(exchange));
			case "us" -> (line, exchange, completed, ended) -> line.append(nanos(exchange) / 1_000);
			case "ms" -> (line, exchange, completed, ended) -> line.append(nanos(exchange) / 1_000_000);
			case "s" -> (line, exchange, completed, ended) -> line.append(nanos(exchange) / 1_000_000_000);
			case "fracsec" -> (line, exchange, completed, ended) -> {
				long millis = nanos(exchange) / 1_000_000;
				line.append(millis / 1000).append('.').appendThousandths((int) (millis % 1000));
			};
			default -> null;
		};
	}

	private static @Nullable Element own(String what) {
		return switch (what) {
			case "wait" -> (line, exchange, completed, ended) -> line.append(exchange.waitNanos() / 1_000);
			case "service" -> (line, exchange, completed, ended) -> line.append(exchange.serviceNanos() / 1_000);
			case "mode" -> (line, exchange, completed, ended) -> text(line, exchange.mode());
			case "priority" -> (line, exchange, completed, ended) -> text(line, exchange.priority());
			case "refusal" -> (line, exchange, completed, ended) -> text(line, exchange.refusal());
			case "received" -> (line, exchange, completed, ended) -> line.append(exchange.requestBytes());
			default -> null;
		};
	}

	private Element client() {
		boolean masked = this.masks.clientAddress();
		return (line, exchange, completed, ended) -> Addresses.append(line, exchange.clientAddress(), masked);
	}

	/**
	 * How long an exchange took, waiting included.
	 * @param exchange the exchange
	 * @return nanoseconds
	 */
	static long nanos(ObservedExchange exchange) {
		return exchange.waitNanos() + exchange.serviceNanos();
	}

	private void requestLine(Line line, ObservedExchange exchange, boolean completed, long ended) {
		String method = exchange.method();
		String target = exchange.target();
		if (method == null || target == null) {
			line.append('-');
			return;
		}
		Escape.TEXT.append(line, method);
		line.append(' ');
		this.masks.query().appendUrl(line, target, Escape.TEXT);
		line.append(' ');
		text(line, exchange.protocol());
	}

	private static void path(Line line, ObservedExchange exchange, boolean completed, long ended) {
		String target = exchange.target();
		if (target == null) {
			line.append('-');
			return;
		}
		Escape.TEXT.append(line, target, Target.pathStart(target), Target.pathEnd(target));
	}

	private void query(Line line, ObservedExchange exchange, boolean completed, long ended) {
		String target = Objects.requireNonNullElse(exchange.target(), "");
		int query = Target.pathEnd(target);
		if (query < target.length()) {
			line.append(target.charAt(query));
			this.masks.query().append(line, target, query + 1, Escape.TEXT);
		}
	}

	private static void connection(Line line, ObservedExchange exchange, boolean completed, long ended) {
		if (!completed) {
			line.append('X');
		}
		else {
			line.append(exchange.kept() ? '+' : '-');
		}
	}

	private static void bytes(Line line, long count) {
		if (count > 0) {
			line.append(count);
		}
		else {
			line.append('-');
		}
	}

	private static void status(Line line, int status) {
		if (status > 0) {
			line.append(status);
		}
		else {
			line.append('-');
		}
	}

	// Without the port.
	private void host(Line line, @Nullable String host) {
		if (host == null || host.isEmpty()) {
			line.append('-');
			return;
		}
		if (this.masks.hides("Host")) {
			line.append(QueryMask.MASKED);
			return;
		}
		int colon = host.indexOf(':', host.indexOf(']') + 1);
		Escape.TEXT.append(line, host, 0, (colon < 0) ? host.length() : colon);
	}

	private void header(Line line, String name, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			line.append('-');
		}
		else {
			this.masks.appendHeader(line, name, value, Escape.TEXT);
		}
	}

	/**
	 * Append what may be missing.
	 * @param line where to
	 * @param value the text
	 */
	static void text(Line line, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			line.append('-');
		}
		else {
			Escape.TEXT.append(line, value);
		}
	}

}
