//! Scripts of a page that conceal the chip.

use super::Trick;

/// Effects on the elements around the chip.
pub const AROUND: [Trick; 26] = [
    ("a mask around it", "dress('mask-image:linear-gradient(transparent,transparent)')"),
    ("a mask on the page", "document.documentElement.style.maskImage = 'linear-gradient(transparent,transparent)'"),
    (
        "cut to a corner",
        "dress('overflow:hidden;width:260px;height:12px;max-height:60px'); boxes.style.cssText = 'height:20px;overflow:hidden'",
    ),
    ("a clip path", "dress('clip-path:inset(0 94% 0 0)')"),
    ("narrow columns", "dress('columns:14px;column-gap:0;overflow:hidden;height:60px')"),
    ("zoom around it", "dress('zoom:.1')"),
    ("zoom of the page", "document.documentElement.style.zoom = .1"),
    ("scaled to nothing", "dress('transform:scale(.06);transform-origin:0 0')"),
    ("scaled up", "dress('transform:scale(14);transform-origin:0 0')"),
    ("the scale property", "dress('scale:.1')"),
    ("dimmed", "dress('opacity:.01')"),
    ("a dimmed body", "document.body.style.opacity = .01"),
    ("a dimmed page", "document.documentElement.style.opacity = .01"),
    ("an opacity filter", "document.documentElement.style.filter = 'opacity(.02)'"),
    ("blurred", "document.body.style.filter = 'blur(60px)'"),
    ("blended", "dress('mix-blend-mode:difference'); document.body.style.mixBlendMode = 'color-dodge'"),
    ("skipped content", "dress('content-visibility:hidden')"),
    ("contained in a small box", "dress('contain:strict;width:30px;height:20px')"),
    ("turned away", "document.body.style.perspective = '40px'; dress('transform:rotateY(89deg)')"),
    ("announced changes", "dress('will-change:opacity,transform;opacity:.02')"),
    ("invisible", "dress('visibility:hidden'); chip.style.visibility = 'visible'"),
    ("not displayed", "document.documentElement.style.display = 'none'"),
    (
        "a mask image of the page's box",
        "document.documentElement.style.webkitMaskBoxImage = 'linear-gradient(transparent,transparent)'",
    ),
    ("a turned page", "document.documentElement.style.cssText = 'perspective:60px;transform:rotate3d(1,0,0,80deg)'"),
    (
        "anchored elsewhere",
        "sheet('casdoor-authenticator{position-anchor:--gone!important;position-area:top left!important;inset:auto!important}')",
    ),
    (
        "a page that hides overflow",
        "document.documentElement.style.cssText = 'overflow:clip;width:40px;height:40px;contain:paint'",
    ),
];

/// Elements that cover the chip, or show something else in its place.
pub const OVER: [Trick; 23] = [
    ("a cover that lets clicks through", "cover()"),
    ("a backdrop filter", "cover('background:none;backdrop-filter:blur(30px) brightness(3)')"),
    ("a later popover", "topCover()"),
    ("a transparent popover with a backdrop filter", "topCover('background:none;backdrop-filter:blur(40px)')"),
    ("a popover in a closed shadow tree", "
        const host = document.createElement('div');
        document.body.append(host);
        const over = document.createElement('div');
        over.style.cssText = 'position:fixed;inset:0;width:auto;height:auto;border:0;pointer-events:none;background:#fff';
        over.popover = 'manual';
        host.attachShadow({ mode: 'closed' }).append(over);
        over.showPopover()"),
    ("a modal dialog", "
        const dialog = document.createElement('dialog');
        dialog.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;max-width:none;max-height:none;pointer-events:none';
        document.body.append(dialog);
        dialog.showModal()"),
    ("a fullscreen element", "cover().requestFullscreen()"),
    ("a view transition", "
        sheet('::view-transition{pointer-events:none;background:#fff} ::view-transition-group(root){animation-duration:1e6s}' +
            '::view-transition-image-pair(root){opacity:0}');
        document.startViewTransition(() => {})"),
    ("a view transition of the chip", "
        sheet('::view-transition{pointer-events:none;background:#fff} ::view-transition-group(*){animation-duration:1e6s;opacity:0}');
        chip.startViewTransition?.(() => {})"),
    ("blinking", "const over = topCover(); setInterval(() => { over.hidePopover(); setTimeout(() => over.showPopover(), 30); }, 110)"),
    ("covered only while a frame is drawn", "
        const over = topCover(), channel = new MessageChannel();
        channel.port1.onmessage = () => { if (over.matches(':popover-open')) over.hidePopover(); };
        const late = () => requestAnimationFrame(() => {
            if (!over.matches(':popover-open')) over.showPopover();
            channel.port2.postMessage(0);
            late();
        });
        late()"),
    ("an inert page", "document.documentElement.inert = true"),
    ("interactivity", "sheet(':root{interactivity:inert}'); topCover()"),
    ("a backdrop above it", "
        sheet('.over::backdrop{background:#fff!important;pointer-events:none!important}');
        const over = topCover('inset:auto;left:0;top:0;width:1px;height:1px');
        over.className = 'over'"),
    ("a box shadow", "topCover('inset:auto;left:0;top:0;width:4px;height:4px;box-shadow:0 0 0 3000px #fff')"),
    ("an outline", "topCover('inset:auto;left:640px;top:400px;width:1px;height:1px;outline:2000px solid #fff')"),
    ("a border image", "
        topCover('inset:auto;left:640px;top:400px;width:1px;height:1px;border:1px solid;' +
            'border-image:linear-gradient(#fff,#fff) 1 fill / 1px / 2000px')"),
    ("a text shadow", "
        const over = topCover('inset:0 auto auto -9000px;background:none;font:400px monospace;line-height:.6;width:6000px;' +
            'color:#fff;text-shadow:9000px 0 0 #fff');
        over.textContent = '\u{2588}'.repeat(90)"),
    ("a drop shadow", "topCover('inset:0 auto auto -9000px;width:1280px;height:900px;filter:drop-shadow(9000px 0 0 #fff)')"),
    ("a filter that floods", "
        document.body.insertAdjacentHTML('beforeend', '<svg width=0 height=0><filter id=flood filterUnits=userSpaceOnUse ' +
            'primitiveUnits=userSpaceOnUse x=-3000 y=-3000 width=6000 height=6000><feFlood flood-color=#fff /></filter></svg>');
        topCover('inset:auto;left:4px;top:4px;width:4px;height:4px;filter:url(#flood)')"),
    ("a reflection", "topCover('inset:0 auto auto -1280px;width:1280px;height:900px;-webkit-box-reflect:right')"),
    ("a turned popover", "topCover('transform:perspective(900px) translateZ(1px) rotate3d(1,1,0,.5deg) scale(1.5)')"),
    ("a scaled frame", "
        const frame = document.createElement('iframe');
        frame.srcdoc = '<body style=\"margin:0;background:#fff\">';
        frame.style.cssText = 'position:fixed;inset:0;width:200vw;height:200vh;transform:scale(.5);transform-origin:0 0;border:0;pointer-events:none';
        frame.popover = 'manual';
        document.body.append(frame);
        frame.showPopover()"),
];

/// Tampering with the chip's own element.
pub const ON_CHIP: [Trick; 18] = [
    ("styled by its name", "sheet('casdoor-authenticator{opacity:.01!important;filter:opacity(.01)!important;color:transparent!important}')"),
    ("cut by its name", "sheet('casdoor-authenticator{clip-path:inset(0 96% 0 0)!important;width:12px!important;overflow:hidden!important;zoom:.1!important}')"),
    ("a style attribute", "chip.setAttribute('style', 'opacity:.01!important;mask-image:linear-gradient(transparent,transparent)!important')"),
    ("content before it", "sheet('casdoor-authenticator::before{content:\"\";position:fixed;inset:0;background:#fff;z-index:9;pointer-events:none}')"),
    ("content after it", "sheet('casdoor-authenticator::after{content:\"Play\"!important;display:block!important;position:absolute;inset:0;background:#fff}')"),
    ("a backdrop", "sheet('casdoor-authenticator::backdrop{display:block!important;background:#fff!important}')"),
    ("a script's animation", "chip.animate({ opacity: [.01, .01], filter: ['opacity(.01)', 'opacity(.01)'] }, { duration: 1e8, fill: 'both' })"),
    ("an animation", "sheet('@keyframes gone{from,to{opacity:.01;transform:scale(.01)}} casdoor-authenticator{animation:gone 1e6s infinite!important}')"),
    ("a transition", "sheet('casdoor-authenticator{transition:opacity 1e5s!important}'); requestAnimationFrame(() => sheet('casdoor-authenticator{opacity:.01}'))"),
    ("attributes", "chip.hidden = true; chip.inert = true; chip.setAttribute('role', 'button'); chip.ariaLabel = 'Play'"),
    ("moved into a dim box", "
        const box = document.createElement('div');
        box.style.cssText = 'position:fixed;left:440px;top:176px;width:360px;height:32px;opacity:.01;z-index:9';
        document.body.append(box);
        setInterval(() => { if (chip.parentNode !== box) box.append(chip); }, 0)"),
    ("moved through another document", "
        const frame = document.createElement('iframe');
        frame.style.cssText = 'position:fixed;width:0;height:0;border:0';
        document.body.append(frame);
        frame.contentDocument.body.append(chip);
        document.body.append(chip);
        sheet('casdoor-authenticator{opacity:.01!important}')"),
    ("taken out of the top layer", "
        setInterval(() => { if (chip.matches(':popover-open')) chip.hidePopover(); }, 0);
        sheet('casdoor-authenticator{opacity:.01!important}')"),
    ("without its attribute", "setInterval(() => chip.removeAttribute('popover'), 0); sheet('casdoor-authenticator{opacity:.01!important}')"),
    ("another font", "sheet(\"@font-face{font-family:'system-ui';src:local('DejaVu Sans'),local('Liberation Sans');size-adjust:1%}\")"),
    ("transparent letters", "sheet(':root{color-scheme:only dark} *{color:transparent!important;-webkit-text-fill-color:transparent!important}')"),
    ("half outside the window", "dress('position:fixed;left:1270px;top:200px;width:360px')"),
    ("a narrow viewport", "
        document.head.insertAdjacentHTML('beforeend', '<meta name=viewport content=\"width=80,initial-scale=9,minimum-scale=9\">');
        document.body.style.zoom = .2"),
];
