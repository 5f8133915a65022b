package io.millrace.core.connection;

import java.util.Arrays;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RequestTarget;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RequestHead}, or trailers, of the field section of HTTP/2 or HTTP/3 (RFC
 * 9113 §8.2 and §8.3, RFC 9114 §4.2 and §4.3). Takes field by field as a decoder of HPACK
 * or QPACK finds them, which has to go on to the end whatever is wrong: what is wrong is
 * said at the end. A request that repeats the fields of the one before is given the same
 * head: a decoder has the same objects for what the client took from its table.
 * <p>
 * Owned by one connection, on its event loop, for one field section after the other.
 */
public final class RequestFields {

	private static final AsciiString TRAILERS = AsciiString.cached("trailers");

	private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");

	private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

	// A larger section is not kept for comparison with the next one: a connection that is
	// idle must not take much.
	private static final int REMEMBERED = 64;

	private final ProtocolVersion version;

	private final int maxCount;

	private final boolean extendedConnect;

	private final RequestPseudoFields pseudo = new RequestPseudoFields();

	// Names and values in turn, as they came.
	private CharSequence[] fields = new CharSequence[32];

	private int count;

	private boolean tooMany;

	private CharSequence @Nullable [] fieldsBefore;

	private @Nullable RequestHead before;

	private boolean endedBefore;

	/**
	 * Create the fields of a connection.
	 * @param version what it speaks
	 * @param limits how many fields a request may have
	 * @param extendedConnect whether the client was told that it may send
	 * {@code :protocol} (RFC 8441, RFC 9220)
	 */
	public RequestFields(ProtocolVersion version, RequestLimits limits, boolean extendedConnect) {
		this.version = version;
		this.maxCount = limits.maxHeaderCount();
		this.extendedConnect = extendedConnect;
	}

	/** A field section begins. */
	public void begin() {
		Arrays.fill(this.fields, 0, this.count, null);
		this.count = 0;
		this.tooMany = false;
		// It may be refused before anybody looks at its fields.
		this.pseudo.clear();
	}

	/**
	 * A field was decoded.
	 * @param name the name, as it came
	 * @param value the value, as it came
	 */
	public void add(CharSequence name, CharSequence value) {
		// Cookies may come in crumbs (RFC 9113 §8.2.3), and pseudo-fields are none.
		if (this.count >= 4 * this.maxCount + 16) {
			this.tooMany = true;
			return;
		}
		if (this.count == this.fields.length) {
			this.fields = Arrays.copyOf(this.fields, 2 * this.count);
		}
		this.fields[this.count] = name;
		this.fields[this.count + 1] = value;
		this.count += 2;
	}

	/**
	 * The field section was the head of a request.
	 * @param ended whether the stream ends with it
	 * @return the head; its headers always have a {@code Host}
	 * @throws MalformedMessageException where the stream is to be reset
	 * @throws ProtocolException where the request is to be answered as that says
	 */
	public RequestHead toHead(boolean ended) throws MalformedMessageException, ProtocolException {
		RequestHead known = this.before;
		if (known != null && ended == this.endedBefore && isSame()) {
			return known;
		}
		this.before = null;
		RequestHead head = parse(ended);
		if (this.count <= REMEMBERED) {
			this.fieldsBefore = Arrays.copyOf(this.fields, this.count);
			this.before = head;
			this.endedBefore = ended;
		}
		return head;
	}

	private boolean isSame() {
		CharSequence[] earlier = this.fieldsBefore;
		if (earlier == null || earlier.length != this.count) {
			return false;
		}
		for (int i = 0; i < this.count; i++) {
			if (this.fields[i] != earlier[i]) {
				return false;
			}
		}
		return true;
	}

	private RequestHead parse(boolean ended) throws MalformedMessageException, ProtocolException {
		this.pseudo.clear();
		CharSequence[] kept = new CharSequence[this.count + 2];
		int to = collect(kept, false);
		this.pseudo.check(this.extendedConnect);
		if (this.tooMany || to > 2 * this.maxCount + 2) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 431,
					"There are more than " + this.maxCount + " header fields");
		}
		// In front, where it stands in HTTP/1.1.
		kept[0] = HttpHeaderNames.HOST;
		ReceivedFields headers = host(kept, to);
		String method = String.valueOf(this.pseudo.method);
		if (this.pseudo.path == null) {
			throw new ProtocolException(ProtocolException.Kind.UNSUPPORTED, 501, "This server is no tunnel");
		}
		RequestTarget target = RequestTarget.parse(method, this.pseudo.path);
		return new RequestHead(method, target, this.version, headers, framing(headers, ended));
	}

	// Returns the index behind the last one; the first two are left free.
	private int collect(CharSequence[] kept, boolean trailers) throws MalformedMessageException {
		int to = 2;
		int cookie = -1;
		for (int i = 0; i < this.count; i += 2) {
			AsciiString name = AsciiString.of(this.fields[i]);
			String value = this.fields[i + 1].toString();
			if (!name.isEmpty() && name.byteAt(0) == ':') {
				if (to > 2 || trailers) {
					throw new MalformedMessageException("A pseudo-header field does not stand in front");
				}
				checkValue(value);
				this.pseudo.add(name, value);
				continue;
			}
			check(name, value);
			if (name.length() == 6 && name.contentEquals(HttpHeaderNames.COOKIE) && !trailers) {
				if (cookie >= 0) {
					kept[cookie] = kept[cookie] + "; " + value;
					continue;
				}
				cookie = to + 1;
			}
			kept[to] = name;
			kept[to + 1] = value;
			to += 2;
		}
		return to;
	}

	private static void check(AsciiString name, String value) throws MalformedMessageException {
		if (!Syntax.isToken(name)) {
			throw new MalformedMessageException("The name of a field is no token");
		}
		for (int i = 0; i < name.length(); i++) {
			byte c = name.byteAt(i);
			if (c >= 'A' && c <= 'Z') {
				throw new MalformedMessageException("The name of a field has a capital letter");
			}
		}
		checkValue(value);
		if (isOfConnection(name)) {
			throw new MalformedMessageException("A field is about a connection of HTTP/1.1");
		}
		if (name.length() == 2 && name.contentEquals(HttpHeaderNames.TE) && !TRAILERS.contentEqualsIgnoreCase(value)) {
			throw new MalformedMessageException("The field te says something else than trailers");
		}
	}

	private static void checkValue(String value) throws MalformedMessageException {
		int length = value.length();
		if (length > 0 && (isBlank(value.charAt(0)) || isBlank(value.charAt(length - 1))) || !Syntax.isValue(value)) {
			throw new MalformedMessageException("The value of a field has a character that must not be there");
		}
	}

	private static boolean isBlank(char c) {
		return c == ' ' || c == '\t';
	}

	// RFC 9113 §8.2.2.
	static boolean isOfConnection(AsciiString name) {
		return switch (name.length()) {
			case 7 -> name.contentEquals(HttpHeaderNames.UPGRADE);
			case 10 -> name.contentEquals(HttpHeaderNames.CONNECTION) || name.contentEquals(KEEP_ALIVE);
			case 16 -> name.contentEquals(PROXY_CONNECTION);
			case 17 -> name.contentEquals(HttpHeaderNames.TRANSFER_ENCODING);
			default -> false;
		};
	}

	// RFC 9113 §8.3.1: who has both means the same. Applications find one Host.
	private ReceivedFields host(CharSequence[] kept, int to) throws MalformedMessageException, ProtocolException {
		int at = -1;
		for (int i = 2; i < to; i += 2) {
			if (((AsciiString) kept[i]).contentEquals(HttpHeaderNames.HOST)) {
				if (at >= 0) {
					throw new MalformedMessageException("There is more than one host");
				}
				at = i;
			}
		}
		String authority = this.pseudo.authority;
		String host = (at >= 0) ? (String) kept[at + 1] : null;
		if (authority == null && host == null) {
			throw ProtocolException.badRequest("The request has no host");
		}
		if (authority != null && host != null && !authority.equalsIgnoreCase(host)) {
			throw new MalformedMessageException("The fields host and :authority name different hosts");
		}
		String named = (authority != null) ? authority : String.valueOf(host);
		if (!named.isEmpty()) {
			RequestTarget.checkAuthority(named);
		}
		if (at >= 0) {
			return ReceivedFields.of(Arrays.copyOfRange(kept, 2, to), to - 2);
		}
		kept[1] = named;
		return ReceivedFields.of(kept, to);
	}

	private static BodyFraming framing(ReceivedFields headers, boolean ended) throws MalformedMessageException {
		int at = headers.find(HttpHeaderNames.CONTENT_LENGTH, 0);
		if (at < 0) {
			return ended ? BodyFraming.NONE : BodyFraming.CHUNKED;
		}
		long length = BodyFraming.parseLength(String.valueOf(headers.at(at)));
		if (length < 0 || headers.find(HttpHeaderNames.CONTENT_LENGTH, at + 1) >= 0) {
			throw new MalformedMessageException("The content-length is not one number of bytes");
		}
		if (ended && length > 0) {
			throw new MalformedMessageException("The content is shorter than its content-length");
		}
		return (length == 0) ? BodyFraming.NONE : BodyFraming.ofLength(length);
	}

	/**
	 * The method of the last head, for those who want to see what was refused.
	 * @return the method as it came, {@code null} where there was none
	 */
	public @Nullable String method() {
		return this.pseudo.method;
	}

	/**
	 * The path of the last head, for those who want to see what was refused.
	 * @return the path with its query as it came, {@code null} where there was none
	 */
	public @Nullable String path() {
		return this.pseudo.path;
	}

	/**
	 * What an extended CONNECT asks for (RFC 8441 §4).
	 * @return the value of {@code :protocol} of the last head, {@code null} where it had
	 * none
	 */
	public @Nullable String protocol() {
		return this.pseudo.protocol;
	}

	/**
	 * The field section was that of trailers.
	 * @return the trailer fields
	 * @throws MalformedMessageException where the stream is to be reset
	 */
	public HttpHeaders toTrailers() throws MalformedMessageException {
		if (this.tooMany || this.count > 2 * this.maxCount) {
			throw new MalformedMessageException("There are more than " + this.maxCount + " trailer fields");
		}
		CharSequence[] kept = new CharSequence[this.count + 2];
		int to = collect(kept, true);
		return ReceivedFields.of(Arrays.copyOfRange(kept, 2, to), to - 2);
	}

}
