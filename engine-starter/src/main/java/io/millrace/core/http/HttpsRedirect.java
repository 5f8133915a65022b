package io.millrace.core.http;

import java.util.function.IntSupplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Sends clients that use plain HTTP to HTTPS: the same host and target, with 308 (RFC
 * 9110 §15.4.9), which keeps method and body. The application does not see them.
 * <p>
 * The host is the one that the client has asked for, and is repeated only where it is a
 * name or an address and nothing else: what a browser would read otherwise than a URI
 * parser gets 400. What proves to a certificate authority whose the host is (RFC 8555
 * §8.3) goes to the application: it has to be answered in plain text.
 */
public final class HttpsRedirect implements ExchangeHandler {

	private static final String CHALLENGES = "/.well-known/acme-challenge/";

	// RFC 8555 §8.1: a token is of the alphabet of base64url.
	private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]+");

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\\.?");

	private static final int MAX_NAME = 254;

	private static final int STATUS = 308;

	private final IntSupplier port;

	private final ErrorResponder errors = new ErrorResponder();

	/**
	 * Create a redirect.
	 * @param port the port of HTTPS as clients reach it, asked for each request
	 */
	public HttpsRedirect(IntSupplier port) {
		this.port = port;
	}

	/**
	 * Whether a request is answered by this.
	 * @param request its head
	 * @return {@code false} where the application answers
	 */
	boolean isFor(RequestHead request) {
		String path = request.target().path();
		return !path.startsWith(CHALLENGES) || !TOKEN.matcher(path.substring(CHALLENGES.length())).matches();
	}

	@Override
	public void handle(Exchange exchange) {
		RequestTarget target = exchange.request().target();
		String host = host(exchange);
		if (host == null) {
			this.errors.describe(exchange.response(), 400);
			exchange.responseBody()
				.write(this.errors.body(exchange.allocator(), 400, "The request names no host to go to."), true);
			return;
		}
		ResponseHead head = exchange.response();
		head.status(STATUS);
		head.headers().set("Location", "https://" + authority(host) + target.pathAndQuery());
		exchange.responseBody().write(null, true);
	}

	private String authority(String host) {
		int now = this.port.getAsInt();
		return (now == Origin.defaultPort("https")) ? host : host + ":" + now;
	}

	// Not what the connection says in its place: that may be an address of our own
	// network.
	private static @Nullable String host(Exchange exchange) {
		boolean named = exchange.request().target().authority() != null
				|| !exchange.request().headers().get("Host", "").isEmpty();
		String host = exchange.origin().host();
		return (named && isHost(host)) ? host : null;
	}

	private static boolean isHost(String host) {
		if (host.startsWith("[") && host.endsWith("]")) {
			return AddressBlock.parseAddress(host.substring(1, host.length() - 1)) != null;
		}
		return host.length() <= MAX_NAME && NAME.matcher(host).matches() && !host.contains("..");
	}

}
