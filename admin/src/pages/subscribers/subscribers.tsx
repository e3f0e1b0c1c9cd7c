// The page's place in the router until its content is there.
export default function Page() {
  return null;
}
