package io.millrace.servlet;

/**
 * Puts the session id into URLs of the application, for clients that take no cookies
 * (Servlet 6.1 §7.1.3).
 */
final class SessionUrls {

	private SessionUrls() {
	}

	/**
	 * Encode a URL.
	 * @param url the URL
	 * @param request the request
	 * @param redirect whether an empty URL is the request's own
	 * @return the URL, with the session id where the client needs it
	 */
	static String encode(String url, ExchangeServletRequest request, boolean redirect) {
		String id = request.session().idForUrls();
		if (url == null || id == null || (url.isEmpty() && !redirect) || !isOwn(url, request)) {
			return url;
		}
		int end = 0;
		while (end < url.length() && "?#".indexOf(url.charAt(end)) < 0) {
			end++;
		}
		String parameter = ";" + request.sessionParameter() + "=";
		if ((end == 0 && !redirect) || url.substring(0, end).contains(parameter)) {
			return url;
		}
		return url.substring(0, end) + parameter + id + url.substring(end);
	}

	private static boolean isOwn(String url, ExchangeServletRequest request) {
		if (url.startsWith("#")) {
			return false;
		}
		String path = url;
		if (Locations.hasScheme(url) || url.startsWith("//")) {
			String own = request.getScheme() + "://" + request.exchange().origin().authority();
			String absolute = url.startsWith("//") ? request.getScheme() + ":" + url : url;
			if (!absolute.regionMatches(true, 0, own, 0, own.length())) {
				return false;
			}
			path = absolute.substring(own.length());
			if (!path.isEmpty() && "/?#".indexOf(path.charAt(0)) < 0) {
				return false;
			}
		}
		String context = request.getContextPath();
		return !path.startsWith("/") || context.isEmpty() || (path.startsWith(context)
				&& (path.length() == context.length() || "/?#;".indexOf(path.charAt(context.length())) >= 0));
	}

}
