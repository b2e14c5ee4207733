"""The desk's pages: HTML made on the server by templates that escape everything, a stylesheet and one small script.

    request -> access (who is it, may they, is the form theirs) -> a page's function(desk, visit) -> Response

A page's function is plain and synchronous; `access` alone knows of cookies and headers.
"""
