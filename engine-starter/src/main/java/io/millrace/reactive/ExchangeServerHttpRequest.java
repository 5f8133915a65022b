package io.millrace.reactive;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.atomic.AtomicLong;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.Origin;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RequestTarget;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ResponseStatusException;

/**
 * A view on the request of an {@link Exchange}. Nothing is copied, and what has to be
 * computed is computed when it is asked for.
 */
final class ExchangeServerHttpRequest extends AbstractServerHttpRequest {

	private static final URI NOT_YET_KNOWN = URI.create("/");

	private static final AtomicLong SERIAL = new AtomicLong();

	private final Exchange exchange;

	private final Flux<DataBuffer> body;

	// Both are computed by whoever needs them first; a race computes the same twice.
	private @Nullable URI uri;

	private @Nullable RequestPath path;

	private ExchangeServerHttpRequest(Exchange exchange, NettyDataBufferFactory factory) {
		super(HttpMethod.valueOf(exchange.request().method()), NOT_YET_KNOWN, null,
				new HttpHeaders(new Netty4HeadersAdapter(exchange.request().headers())));
		this.exchange = exchange;
		boolean empty = !exchange.request().framing().hasBody();
		this.body = empty ? Flux.empty() : new BodyPublisher(exchange, factory);
	}

	/**
	 * View a request.
	 * @param exchange the exchange
	 * @param factory wraps the buffers of the body
	 * @return the view
	 * @throws ProtocolException 400 where the request has no URI
	 */
	static ExchangeServerHttpRequest of(Exchange exchange, NettyDataBufferFactory factory) throws ProtocolException {
		ExchangeServerHttpRequest request = new ExchangeServerHttpRequest(exchange, factory);
		if (mayHaveNoUri(exchange.request())) {
			try {
				request.uri = request.createUri();
			}
			catch (URISyntaxException ex) {
				throw ProtocolException.badRequest("The host and the target of the request do not make a URI");
			}
		}
		return request;
	}

	// The engine lets only characters through that are allowed in a URI, so all that can
	// be wrong is an unfinished percent-encoding, or an address in brackets.
	private static boolean mayHaveNoUri(RequestHead head) {
		RequestTarget target = head.target();
		String query = target.query();
		if (query != null && query.indexOf('%') >= 0) {
			return true;
		}
		String host = target.authority();
		if (host == null) {
			host = head.headers().get(HttpHeaderNames.HOST);
		}
		return host != null && (host.indexOf('%') >= 0 || host.indexOf('[') >= 0);
	}

	@Override
	public URI getURI() {
		URI known = this.uri;
		if (known == null) {
			try {
				known = createUri();
			}
			catch (URISyntaxException ex) {
				// Only a resolver that makes up hosts of its own can bring us here.
				throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The origin of the request is not a URI", ex);
			}
			this.uri = known;
		}
		return known;
	}

	private URI createUri() throws URISyntaxException {
		Origin origin = this.exchange.origin();
		RequestTarget target = this.exchange.request().target();
		return new URI(origin.scheme() + "://" + origin.authority() + target.pathAndQuery());
	}

	@Override
	public RequestPath getPath() {
		RequestPath known = this.path;
		if (known == null) {
			known = RequestPath.parse(this.exchange.request().target().path(), null);
			this.path = known;
		}
		return known;
	}

	// Unique in the process, and the same prefix for all requests of a connection.
	@Override
	protected String initId() {
		return this.exchange.connection().id() + "-" + SERIAL.incrementAndGet();
	}

	@Override
	protected MultiValueMap<String, HttpCookie> initCookies() {
		MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>();
		for (String header : this.exchange.request().headers().getAll(HttpHeaderNames.COOKIE)) {
			for (Cookie cookie : ServerCookieDecoder.STRICT.decodeAll(header)) {
				cookies.add(cookie.name(), new HttpCookie(cookie.name(), cookie.value()));
			}
		}
		return cookies;
	}

	@Override
	public InetSocketAddress getRemoteAddress() {
		return this.exchange.origin().client();
	}

	@Override
	public InetSocketAddress getLocalAddress() {
		return this.exchange.connection().localAddress();
	}

	@Override
	protected @Nullable SslInfo initSslInfo() {
		return ExchangeSslInfo.of(this.exchange.connection());
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return this.body;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T getNativeRequest() {
		return (T) this.exchange;
	}

}
