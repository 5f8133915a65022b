package io.millrace.servlet.tyrus;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.millrace.core.http.Exchange;
import io.millrace.servlet.ServletExchange;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.server.HandshakeRequest;
import org.glassfish.tyrus.core.RequestContext;
import org.glassfish.tyrus.core.TyrusUpgradeResponse;
import org.glassfish.tyrus.core.Utils;
import org.glassfish.tyrus.spi.UpgradeRequest;
import org.glassfish.tyrus.spi.WebSocketEngine;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeStatus;
import org.jspecify.annotations.Nullable;

/**
 * One opening handshake (RFC 6455 §4.2): what Tyrus has to know of the request, and what
 * it answers.
 */
final class Handshake {

	private static final String KEY = HandshakeRequest.SEC_WEBSOCKET_KEY;

	private static final int KEY_SIZE = 16;

	private static final String ANY_KEY = "AAAAAAAAAAAAAAAAAAAAAA==";

	private final EndpointContainer container;

	private final HttpServletRequest request;

	private final Exchange exchange;

	private final Runnable opened;

	private final Runnable closed;

	private final @Nullable HttpSession httpSession;

	private final @Nullable String httpSessionId;

	private @Nullable UpgradeInfo accepted;

	/**
	 * Begin.
	 * @param container the container
	 * @param request the request
	 * @param exchange the exchange of the request
	 * @param opened called when there is a connection
	 * @param closed called when it has ended
	 */
	Handshake(EndpointContainer container, HttpServletRequest request, Exchange exchange, Runnable opened,
			Runnable closed) {
		this.container = container;
		this.request = request;
		this.exchange = exchange;
		this.opened = opened;
		this.closed = closed;
		HttpSession session = (request.getUserPrincipal() != null) ? request.getSession(false) : null;
		this.httpSession = session;
		this.httpSessionId = (session != null) ? session.getId() : null;
	}

	/**
	 * Whether a request asks for a handshake that can be made.
	 * @param request the request
	 * @return its exchange, {@code null} where it is an ordinary request
	 */
	static @Nullable Exchange asked(HttpServletRequest request) {
		if (!"websocket".equalsIgnoreCase(request.getHeader(UpgradeRequest.UPGRADE))
				|| !request.getMethod().equals("GET")) {
			return null;
		}
		Exchange exchange = ServletExchange.of(request);
		return (exchange != null && exchange.isUpgradable()) ? exchange : null;
	}

	EndpointContainer container() {
		return this.container;
	}

	Exchange exchange() {
		return this.exchange;
	}

	UpgradeInfo accepted() {
		UpgradeInfo known = this.accepted;
		if (known == null) {
			throw new IllegalStateException("The handshake was not accepted");
		}
		return known;
	}

	/**
	 * Answer.
	 * @param engine who knows the endpoints
	 * @param path the path of the request, decoded, with that of the context
	 * @param pathParameters what is known of its parts already
	 * @param response the response
	 * @return {@code false} where there is no endpoint for it, and nothing was answered
	 * @throws IOException where the protocol cannot be switched
	 * @throws ServletException by the container
	 */
	boolean answer(WebSocketEngine engine, String path, Map<String, String> pathParameters,
			HttpServletResponse response) throws IOException, ServletException {
		URI uri = encode(path);
		if (uri == null) {
			return false;
		}
		TyrusUpgradeResponse said = new TyrusUpgradeResponse();
		RequestContext context = context(uri);
		pathParameters.forEach((name, value) -> context.getParameterMap().put(name, List.of(value)));
		boolean valid = isKey(this.request.getHeader(KEY));
		if (!valid) {
			// Tyrus takes anything, and fails where there is nothing.
			context.getHeaders().put(KEY, List.of(ANY_KEY));
		}
		UpgradeInfo info = engine.upgrade(context, said);
		if (!valid && info.getStatus() == UpgradeStatus.SUCCESS) {
			response.sendError(HttpServletResponse.SC_BAD_REQUEST, KEY + " has to be 16 bytes of Base64");
			return true;
		}
		switch (info.getStatus()) {
			case NOT_APPLICABLE -> {
				return false;
			}
			case HANDSHAKE_FAILED -> {
				copyHeaders(said, response);
				// Tyrus says 500 where a header of the request is missing or wrong.
				int status = said.getStatus();
				response.sendError((status < 500) ? status : HttpServletResponse.SC_BAD_REQUEST);
			}
			case SUCCESS -> {
				this.accepted = info;
				this.request.upgrade(WebSocketUpgrade.class).prepare(this);
				response.setStatus(said.getStatus());
				copyHeaders(said, response);
			}
		}
		return true;
	}

	// RFC 6455 §4.2.1
	private static boolean isKey(@Nullable String key) {
		try {
			return key != null && Base64.getDecoder().decode(key).length == KEY_SIZE;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * Encode a path that was found canonical: what it contains means itself.
	 * @param path the path, decoded
	 * @return the path, encoded, {@code null} where it cannot be
	 */
	static @Nullable URI encode(String path) {
		try {
			return new URI(new URI(null, null, path, null).getRawPath().replace(";", "%3B"));
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	private RequestContext context(URI uri) {
		HttpServletRequest from = this.request;
		RequestContext context = RequestContext.Builder.create()
			.requestURI(uri)
			.queryString(from.getQueryString())
			.httpSession(from.getSession(false))
			.secure(from.isSecure())
			.userPrincipal(from.getUserPrincipal())
			.isUserInRoleDelegate(from::isUserInRole)
			.parameterMap(from.getParameterMap())
			.remoteAddr(from.getRemoteAddr())
			.serverAddr(from.getServerName())
			.serverPort(from.getServerPort())
			.tyrusProperties(Map.of())
			.build();
		for (String name : Collections.list(from.getHeaderNames())) {
			List<String> values = new ArrayList<>();
			for (String value : Collections.list(from.getHeaders(name))) {
				values.addAll(Utils.parseHeaderValue(value.trim()));
			}
			context.getHeaders().put(name, values);
		}
		return context;
	}

	private static void copyHeaders(TyrusUpgradeResponse said, HttpServletResponse response) {
		said.getHeaders().forEach((name, values) -> response.addHeader(name, Utils.getHeaderFromList(values)));
	}

	void opened(WebSocketUpgrade connection) {
		this.opened.run();
		if (this.httpSessionId != null) {
			this.container.httpSessions().add(this.httpSessionId, connection);
		}
	}

	/**
	 * Whether the HTTP session that the client had logged in with has ended: it may have
	 * before the connection was known to {@link HttpSessions}.
	 * @return {@code false} also where there was none
	 */
	boolean isLoggedOut() {
		HttpSession session = this.httpSession;
		if (session == null) {
			return false;
		}
		try {
			session.getCreationTime();
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

	void closed(WebSocketUpgrade connection) {
		if (this.httpSessionId != null) {
			this.container.httpSessions().remove(this.httpSessionId, connection);
		}
		this.closed.run();
	}

}
